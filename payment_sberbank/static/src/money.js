/**
 * Amounts of roubles as people type them, and kopecks: the same grammar as in `gateway/money.py`.
 */

const SPACES = ' \u00a0\u2009\u202f';
const NUMBER = new RegExp(
    `^([0-9]{1,40}|[0-9]{1,3}(?:[${SPACES}][0-9]{3}){1,13})(?:[.,]([0-9]{1,2}))?$`
);
const NUMBER_AND_UNIT = /^([^0-9]*)([0-9](?:[^]*[0-9])?)([^0-9]*)$/;
const ROUBLE_UNITS = ['', '₽', 'руб', 'руб.', 'р', 'р.', 'rub', 'rur'];

/**
 * @param {string} text What was typed, for example `1 234,5`.
 * @return {number|null} Kopecks, for example 123450, or null if it is no amount of roubles.
 */
export function readKopecks(text) {
    const [, before = '', number = '', after = ''] = NUMBER_AND_UNIT.exec(text.trim()) || [];
    const [, roubles, kopecks = ''] = NUMBER.exec(number) || [];
    if (!roubles || before.trim() || !ROUBLE_UNITS.includes(after.trim().toLowerCase())) {
        return null;
    }
    return Number(roubles.replace(/[^0-9]/g, '') + kopecks.padEnd(2, '0'));
}

/**
 * @param {number} kopecks
 * @return {number} Roubles, as Odoo's own formatting takes them.
 */
export function toRoubles(kopecks) {
    return Number(`${kopecks}e-2`);
}
