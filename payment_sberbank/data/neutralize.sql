-- A copy of a production database must neither hold Sberbank's secrets nor take real money. It
-- knows no address of the merchant's own, and trusts nobody beside the usual authorities.
UPDATE payment_provider
   SET sberbank_username = NULL,
       sberbank_password = NULL,
       sberbank_token = NULL,
       sberbank_callback_key = NULL,
       sberbank_callback_certificate = NULL,
       sberbank_health_token = NULL,
       sberbank_gateway = 'rbs',
       sberbank_custom_url = NULL,
       sberbank_custom_dialect = 'rbs',
       sberbank_ca_certificates = NULL,
       sberbank_page_hosts = NULL,
       sberbank_callback_refused_by = NULL,
       sberbank_cards_refused_by = NULL,
       sberbank_verification_refused_by = NULL,
       sberbank_staff_email = NULL,
       state = 'disabled',
       is_published = false
 WHERE code = 'sberbank';

-- The cards on file are real ones: none is charged or removed at the bank from here.
UPDATE payment_token
   SET active = false,
       sberbank_unbind_at = NULL
 WHERE sberbank_place IS NOT NULL;

UPDATE payment_transaction
   SET sberbank_charge_at = NULL
 WHERE sberbank_charge_at IS NOT NULL;
