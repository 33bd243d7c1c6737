// Shows in place what came of a press, in the page's own words (its
// <template>s), after the SDK got the server's answer. The pages work without.

(function () {
  'use strict';

  const main = document.querySelector('main');
  const content = document.getElementById('content');
  const outcome = document.getElementById('outcome');

  // system_pages.word_for has the same.
  function wordFor(action, result) {
    if (action === 'cancel') {
      return result.status === 'subscribed' ? 'kept' : 'as_before';
    }
    if (result.status === 'unsubscribed') {
      return result.already ? 'already' : 'unsubscribed';
    }
    if (result.status === 'pending') {
      return 'pending';
    }
    return result.categories.length ? 'saved' : 'as_before';
  }

  // The server knows no time zone but UTC, the browser knows the person's, and
  // which of a language's ways to write a time.
  const language = document.documentElement.lang;
  const locale = navigator.languages.find(
    (one) => one.split('-')[0] === language,
  ) || language;

  function showLocalTimes(root) {
    for (const time of root.querySelectorAll('time')) {
      time.textContent = new Date(time.dateTime).toLocaleString(locale, {
        day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric',
        minute: '2-digit', timeZoneName: 'short',
      });
    }
  }

  function noticeFor(word) {
    const found = main.querySelector('[data-notice="' + word + '"]') ||
      main.querySelector('[data-notice="refused"]');
    const notice = document.createElement('div');
    notice.className = 'notice ' + found.dataset.kind;
    notice.appendChild(document.importNode(found.content, true));
    showLocalTimes(notice);
    return notice;
  }

  function put(notice) {
    outcome.textContent = '';
    outcome.appendChild(notice);
    // It is announced, and the person stays where they are.
    if (notice.classList.contains('busy')) {
      return;
    }
    // The pressed button may be gone: a reader goes on at the heading.
    const heading = notice.querySelector('h1, h2');
    heading.tabIndex = -1;
    heading.focus();
  }

  // What an earlier visit left behind may be about another message.
  function isOurs(detail) {
    return !detail.late || main.dataset.manage === '/manage/' + detail.smid;
  }

  // The outcome can take a while: until then, say what is going on.
  function onPress(event) {
    const pressed = event.target.closest('[data-ak-unsub]');
    const isForm = pressed && pressed.tagName === 'FORM';
    if (window.AkUnsub && pressed && isForm === (event.type === 'submit')) {
      put(noticeFor('sending'));
    }
  }

  document.addEventListener('submit', onPress);
  document.addEventListener('click', onPress);

  document.addEventListener('akunsub:result', function (event) {
    const result = event.detail.result;
    if (!isOurs(event.detail)) {
      return;
    }
    const notice = noticeFor(wordFor(event.detail.action, result));
    for (const item of notice.querySelectorAll('[data-category]')) {
      if (result.categories.indexOf(item.dataset.category) < 0) {
        item.remove();
      }
    }
    notice.classList.add('whole');
    content.hidden = true;
    put(notice);
    document.title = notice.querySelector('h1').textContent;
    // Opening the link again would act again: a reload leads to what is so.
    history.replaceState(null, '', main.dataset.manage);
  });

  document.addEventListener('akunsub:error', function (event) {
    const error = event.detail.error;
    if (isOurs(event.detail)) {
      put(noticeFor(error.saved ? 'unreachable_saved' : error.code));
    }
  });

  showLocalTimes(content);
  const sdk = document.createElement('script');
  sdk.src = document.currentScript.dataset.sdk;
  document.head.appendChild(sdk);
})();
