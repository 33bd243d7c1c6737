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

  // What came of a press of an earlier visit; perhaps of another person's.
  const own = location.pathname.slice(1, -'.html'.length);
  addEventListener('akunsub:result', ({ detail }) => {
    if (detail.late === true) {
      if (detail.smid === own) {
        show('done: ' + detail.result.status);
        document.getElementById('way-out').hidden = true;
      }
      window.log('late', [detail.action, detail.smid, detail.result.status]);
    }
  });
  addEventListener('akunsub:error', ({ detail }) => {
    if (detail.late === true) {
      if (detail.smid === own) {
        show('failed: ' + detail.error.code);
        document.getElementById('way-out').hidden = false;
      }
      window.log('late', [detail.action, detail.smid, detail.error.code]);
    }
  });
})();
