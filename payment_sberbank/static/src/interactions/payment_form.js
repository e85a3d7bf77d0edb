import { patch } from '@web/core/utils/patch';
import { PaymentForm } from '@payment/interactions/payment_form';

/**
 * Takes a payer with a saved card to the bank's page, where its code is asked for.
 *
 * Without this script the page on which they wait has a button that leads there.
 */
patch(PaymentForm.prototype, {
    _processTokenFlow(providerCode, paymentOptionId, paymentMethodCode, processingValues) {
        const payUrl = processingValues['sberbank_pay_url'];
        if (!payUrl) {
            return super._processTokenFlow(...arguments);
        }
        window.location = payUrl;
    },
});
