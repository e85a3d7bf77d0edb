-- A copy of a production database must neither hold Sberbank's secrets nor take real money.
UPDATE payment_provider
   SET sberbank_username = NULL,
       sberbank_password = NULL,
       sberbank_token = NULL,
       sberbank_callback_key = NULL,
       sberbank_callback_certificate = NULL,
       sberbank_staff_email = NULL,
       state = 'disabled',
       is_published = false
 WHERE code = 'sberbank';
