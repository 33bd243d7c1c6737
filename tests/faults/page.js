// What a careful unsubscribe page does: it says where things stand, and shows
// a way out when the SDK has none. What it showed, and when, is logged.
(function () {
  'use strict';

  function show(text) {
    document.getElementById('status').textContent = text;
    window.log('shown', [text, Date.now()]);
  }

  window.tell = function (promise) {
    show('sending');
    promise.then(
      (result) => show('done: ' + result.status),
      (error) => {
        show('failed: ' + error.code + (error.saved ? ', saved' : ''));
        document.getElementById('way-out').hidden = false;
      },
    );
  };

  addEventListener('akunsub:result', (e) => {
    if (e.detail.late === true) {
      window.log('late', [e.detail.action, e.detail.smid, e.detail.result.status]);
    }
  });
  addEventListener('akunsub:error', (e) => {
    if (e.detail.late === true) {
      window.log('late', [e.detail.action, e.detail.smid, e.detail.error.code]);
    }
  });
})();
