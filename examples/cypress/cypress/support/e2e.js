import './commands.js';

beforeEach(() => {
  cy.resetUnsub();
  cy.forwardPixelHosts();
});

afterEach(() => {
  cy.checkCalls();
});
