// Writes what happens on a test page into its DOM, so that a test can see it
// without running a script of its own there: that would count as a gesture in
// one of the engines.
(function () {
  'use strict';

  function log(kind, value) {
    const line = document.createElement('li');
    line.textContent = JSON.stringify([kind, value]);
    const write = () => document.getElementById('log').append(line);
    if (document.getElementById('log')) {
      write();
    } else {
      document.addEventListener('DOMContentLoaded', write);
    }
  }

  function facts(error) {
    return Object.assign({ name: error.name, message: error.message }, error);
  }

  // A page may pass anything as smid, things that are no JSON included.
  function shown(value) {
    return value == null || typeof value === 'string' ? value : typeof value;
  }

  // For calls whose promise a test looks at.
  window.watch = function (promise) {
    promise.then(
      (result) => log('resolved', result),
      (error) => log('rejected', facts(error)),
    );
  };
  window.log = log;

  addEventListener('unhandledrejection', (e) => log('unhandled', String(e.reason)));
  addEventListener('error', (e) => log('error', e.message || e.target.tagName), true);
  addEventListener('securitypolicyviolation', (e) => log('csp', e.violatedDirective));
  addEventListener('akunsub:result', (e) => log('event result', [
    e.target.id || e.target.nodeName, e.detail.action, shown(e.detail.smid),
    e.detail.categories, e.detail.result,
  ]));
  addEventListener('akunsub:error', (e) => log('event error', [
    e.target.id || e.target.nodeName, e.detail.action, shown(e.detail.smid),
    e.detail.categories, facts(e.detail.error),
  ]));
})();
