// The page's own words. The sending is the SDK's: this only listens to what
// came of it, and says so after the server's answer, never before.

(function () {
  'use strict';

  const PXL = 'http://127.0.0.1:8025';

  const form = document.getElementById('choice');
  const kinds = document.getElementById('kinds');
  const outcome = document.getElementById('outcome');
  const pending = document.getElementById('pending');
  const timeLeft = document.getElementById('time-left');
  const smid = new URLSearchParams(location.search).get('smid');

  const TROUBLE = {
    bad_smid: ['This link is not complete', 'Open it again from the message.'],
    no_categories: ['Nothing is ticked yet',
      'Tick what should stop, or choose everything.'],
    no_gesture: ['Please press the button', 'Nothing was changed.'],
    too_late: ['The time to change your mind is over', 'You are unsubscribed.'],
    unreachable: ['Not done: we could not reach our server',
      'Check your connection and press again, or write to us.'],
  };
  const SAVED = ['Not done yet: we could not reach our server',
    'Your wish is kept on this device, and we go on trying while this page is open and ' +
    'when you open it again. If you cannot wait, write to us.'];

  function say(kind, heading, text) {
    const h2 = document.createElement('h2');
    h2.textContent = heading;
    const p = document.createElement('p');
    p.textContent = text;
    outcome.className = kind;
    outcome.replaceChildren(h2, p);
  }

  function titleOf(name) {
    const box = kinds.querySelector('input[value="' + CSS.escape(name) + '"]');
    return box ? box.parentNode.textContent.trim() : name;
  }

  // What was left stays visible, and is no longer a choice.
  function markLeft(names) {
    for (const name of names) {
      const box = kinds.querySelector('input[value="' + CSS.escape(name) + '"]');
      if (box) {
        box.checked = false;
        box.disabled = true;
        box.parentNode.classList.add('left');
      }
    }
  }

  let ticking = 0;

  function countDown(secondsLeft) {
    const endsAt = Date.now() + secondsLeft * 1000;
    clearInterval(ticking);
    const show = function () {
      const left = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
      timeLeft.textContent =
        Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0');
      if (left === 0) {
        clearInterval(ticking);
        // The server's clock decides, not this one.
        askState();
      }
    };
    ticking = setInterval(show, 1000);
    show();
  }

  // What the subscription looks like now decides what the page offers.
  function show(state) {
    pending.hidden = state.status !== 'pending';
    form.hidden = state.status === 'unsubscribed';
    markLeft(state.categories);
    if (state.status === 'pending') {
      countDown(state.seconds_left);
    } else {
      clearInterval(ticking);
    }
  }

  // An answer about the state that was asked for before the person acted is
  // old news when it comes after the outcome.
  let latest = 0;

  async function askState() {
    latest += 1;
    const asked = latest;
    try {
      const url = PXL + '/unsub/state?' + new URLSearchParams({ smid: smid || '' });
      const answer = await (await fetch(url, { credentials: 'omit' })).json();
      if (answer.error !== 0 || asked !== latest) {
        return;
      }
      show(answer);
      if (answer.status === 'unsubscribed') {
        say('done', 'You are unsubscribed', 'We send you nothing more.');
      }
    } catch (error) {
      // The page works without it; a press will say what is wrong.
    }
  }

  let waiting = 0;

  function stopWaiting() {
    clearTimeout(waiting);
    // What was asked before is old news now.
    latest += 1;
  }

  // The SDK tells the outcome, which can take a while: until then, say what is
  // going on, and only that.
  function onPress(event) {
    const pressed = event.target.closest('[data-ak-unsub]');
    if (pressed && (pressed === form) === (event.type === 'submit')) {
      clearTimeout(waiting);
      say('busy', 'Sending …', 'You are told when it is done.');
      waiting = setTimeout(function () {
        say('busy', 'Still sending …',
          'The connection is slow or broken. We keep trying.');
      }, 5000);
    }
  }

  // What an earlier visit left behind may be about another message.
  function isOurs(detail) {
    return !detail.late || detail.smid === smid;
  }

  document.addEventListener('submit', onPress);
  document.addEventListener('click', onPress);
  form.elements.smid.value = smid || '';
  form.addEventListener('change', function () {
    kinds.disabled = form.elements.scope.value !== 'some';
  });

  document.addEventListener('akunsub:result', function (event) {
    const { action, result } = event.detail;
    if (!isOurs(event.detail)) {
      return;
    }
    stopWaiting();
    if (action === 'cancel') {
      say('done', 'You stay subscribed', 'Nothing was changed.');
    } else if (result.status === 'pending') {
      say('done', 'Your wish is noted', 'You are still subscribed until the time is up.');
    } else if (result.status === 'unsubscribed') {
      say('done', 'You are unsubscribed', result.already ?
        'It was so already: we send you nothing more.' :
        'We send you nothing more. You can close this page.');
    } else if (result.categories.length === 0) {
      // A newer wish, from another page or device, was there first.
      say('done', 'You stay subscribed', 'Nothing was changed.');
    } else {
      say('done', 'Your choice is saved', 'We no longer send you: ' +
        result.categories.map(titleOf).join(', ') + '.');
    }
    show(result);
  });

  document.addEventListener('akunsub:error', function (event) {
    const error = event.detail.error;
    if (!isOurs(event.detail)) {
      return;
    }
    stopWaiting();
    const known = error.saved ? SAVED : TROUBLE[error.code];
    if (known) {
      say('trouble', known[0], known[1]);
    } else {
      say('trouble', 'That did not work',
        (error.error_text || 'This page is not set up correctly')
          .replace(/\.$/, '') + '. Nothing was changed.');
    }
  });

  askState();
})();
