// The package `sberbank-acquiring`: every method that it has.

const Acquiring = require('sberbank-acquiring');

const where = JSON.parse(process.argv[2]);
const client = new Acquiring(
  { userName: where.login, password: where.password },
  'https://shop.example.com/return?order={order}',
);
client.entry = where.base;

async function step(name, call, isWanted) {
  let answer;
  let outcome;
  try {
    answer = await call();
    outcome = isWanted(answer) ? 'ok' : `unwanted answer ${JSON.stringify(answer)}`;
  } catch (error) {
    outcome = `${error.name}: ${error.message}`;
  }
  console.log(`{"call": ${JSON.stringify(name)}, "outcome": ${JSON.stringify(outcome)}}`);
  return answer;
}

function pay(orderId) {
  return fetch(`${where.bank}/control/orders/${orderId}/pay`, { method: 'POST', body: '{}' });
}

async function main() {
  const isDone = (answer) => answer.errorCode === '0';
  const register = (number) => () => client.register(number, 100.5, 'Заказ', { clientId: 'c1' });

  const { orderId } = await step('register', register('C-1'), (answer) => answer.formUrl);
  await step('status', () => client.status(orderId), (answer) => answer === 0);
  await pay(orderId);
  await step('get', () => client.get(null, 'C-1'), (answer) => answer.orderStatus === 2);
  await step('refund', () => client.refund(orderId, 30), isDone);

  const listed = await step('getBindings', () => client.getBindings('c1'), isDone);
  const { bindingId } = listed.bindings[0];
  const next = await step('register again', register('C-2'), (answer) => answer.formUrl);
  const charge = () => client.paymentOrderBinding(next.orderId, bindingId, '127.0.0.1');
  await step('paymentOrderBinding', charge, (answer) => answer.redirect);
  await step('unBindCard', () => client.unBindCard(bindingId), isDone);
}

main();
