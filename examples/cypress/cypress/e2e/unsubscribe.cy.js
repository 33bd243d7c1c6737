// Put your page's address here. Without a host, Cypress serves the file of that
// name in the project's folder.
const PAGE = 'unsubscribe.html';
// Of the endpoint's sample: GET /_unsub/messages lists them.
const SMID = 'fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA';
const RESOURCE = 73;

beforeEach(() => {
  cy.visit(PAGE, { qs: { smid: SMID } });
});

it('leaving everything', () => {
  cy.pressButton('Unsubscribe from everything');

  cy.get('[role=status]').should('have.text', 'You are unsubscribed.');
  cy.expectConfirm(SMID);
  cy.expectNothing();
  cy.unsubState(SMID).its('status').should('equal', 'unsubscribed');
});

it('leaving some categories', () => {
  cy.contains('label', 'Surveys').find('input').check();
  cy.contains('label', 'Special offers').find('input').check();
  cy.pressButton('Stop what is ticked');

  cy.expectConfirm(SMID, { categories: ['category_1', 'category_2'] });
  cy.unsubState(SMID).its('status').should('equal', 'subscribed');
});

it('nothing ticked is not everything', () => {
  cy.pressButton('Stop what is ticked');

  cy.get('[role=status]').should('have.text', 'Tick what should stop.');
  cy.expectNothing();
});

it('opening the page unsubscribes nobody', () => {
  cy.expectNothing();
});

it('changing one\'s mind before the timer is over', () => {
  cy.setResource(RESOURCE, { mode: 'delayed', timer_seconds: 1800 });
  cy.pressButton('Unsubscribe from everything');
  cy.expectConfirm(SMID);
  cy.moveClock(29 * 60);
  cy.pressButton('Stay subscribed');

  cy.expectCancel(SMID);
  cy.unsubState(SMID).its('status').should('equal', 'subscribed');
});

it('changing one\'s mind too late', () => {
  cy.allowBadCalls('too_late');
  cy.setResource(RESOURCE, { mode: 'delayed', timer_seconds: 1800 });
  cy.pressButton('Unsubscribe from everything');
  cy.expectConfirm(SMID);
  cy.moveClock(30 * 60);
  cy.pressButton('Stay subscribed');

  cy.get('[role=status]')
    .should('have.text', 'Too late: you are unsubscribed.');
  cy.unsubState(SMID).its('status').should('equal', 'unsubscribed');
});
