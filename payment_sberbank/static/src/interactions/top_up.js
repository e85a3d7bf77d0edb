import { readKopecks, toRoubles } from '@payment_sberbank/money';
import { formatCurrency } from '@web/core/currency';
import { registry } from '@web/core/registry';
import { Interaction } from '@web/public/interaction';

/**
 * Shows what a top-up settles while its amount is typed, and sends its form once.
 *
 * The server reads and checks the amount; nothing here is needed to pay.
 */
export class TopUp extends Interaction {
    static selector = '.o_sberbank_top_up';
    dynamicContent = {
        '.o_sberbank_suggestion': { 't-on-click.prevent': this.onClickSuggestion },
        '[name="amount"]': { 't-on-input': this.onInput },
        '.o_sberbank_top_up_form': { 't-on-submit': this.onSubmit },
        _window: { 't-on-pageshow': this.onPageShow },
    };

    setup() {
        this.input = this.el.querySelector('[name="amount"]');
        this.button = this.el.querySelector('[type="submit"]');
        this.total = this.el.querySelector('.o_sberbank_total');
    }

    start() {
        this.el.classList.add('o_sberbank_ready');
        if (this.input) {
            this.showWhatIsSettled();
        }
    }

    onClickSuggestion(ev) {
        this.input.value = ev.currentTarget.dataset.amount.replace(/\.00$/, '');
        this.input.focus();
        this.onInput();
    }

    onInput() {
        this.input.classList.remove('is-invalid');
        this.input.removeAttribute('aria-invalid');
        this.el.querySelector('#o_sberbank_amount_error').textContent = '';
        this.showWhatIsSettled();
    }

    onSubmit(ev) {
        if (this.isSent) {
            ev.preventDefault();
            return;
        }
        this.isSent = true;
        this.button.classList.add('disabled');
        this.button.setAttribute('aria-disabled', 'true');
    }

    /**
     * Let the form be sent again when the payer came back from the bank by the browser's button.
     */
    onPageShow() {
        this.isSent = false;
        this.button?.classList.remove('disabled');
        this.button?.removeAttribute('aria-disabled');
    }

    showWhatIsSettled() {
        const kopecks = readKopecks(this.input.value) ?? 0;
        this.total.textContent = kopecks ? this.format(kopecks) : '';
        let rest = kopecks;
        for (const debt of this.el.querySelectorAll('.o_sberbank_debts > li')) {
            const residual = Number(debt.dataset.kopecks);
            const part = Math.min(rest, residual);
            rest -= part;
            this.show(debt, '.o_sberbank_in_full', part === residual);
            this.show(debt, '.o_sberbank_in_part', part > 0 && part < residual);
            debt.querySelector('.o_sberbank_part').textContent = this.format(part);
        }
        const restLine = this.el.querySelector('.o_sberbank_rest');
        if (restLine) {
            this.show(this.el, '.o_sberbank_rest', rest > 0);
            restLine.querySelector('.o_sberbank_rest_amount').textContent = this.format(rest);
        }
    }

    format(kopecks) {
        return formatCurrency(toRoubles(kopecks), Number(this.total.dataset.currencyId), {
            digits: [16, 2],
        });
    }

    show(parent, selector, isShown) {
        parent.querySelector(selector).classList.toggle('d-none', !isShown);
    }
}

registry.category('public.interactions').add('payment_sberbank.top_up', TopUp);
