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
    unreachable: ['We could not reach our server',
      'You are still subscribed. Check your connection and press again.'],
  };

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

  form.elements.smid.value = smid || '';
  form.addEventListener('change', function () {
    kinds.disabled = form.elements.scope.value !== 'some';
  });

  document.addEventListener('akunsub:result', function (event) {
    const { action, result } = event.detail;
    latest += 1;
    if (action === 'cancel') {
      say('done', 'You stay subscribed', 'Nothing was changed.');
    } else if (result.status === 'pending') {
      say('done', 'Your wish is noted', 'You are still subscribed until the time is up.');
    } else if (result.status === 'unsubscribed') {
      say('done', 'You are unsubscribed', result.already ?
        'It was so already: we send you nothing more.' :
        'We send you nothing more. You can close this page.');
    } else {
      say('done', 'Your choice is saved', 'We no longer send you: ' +
        result.categories.map(titleOf).join(', ') + '.');
    }
    show(result);
  });

  document.addEventListener('akunsub:error', function (event) {
    const error = event.detail.error;
    const known = TROUBLE[error.code];
    if (known) {
      say('trouble', known[0], known[1]);
    } else {
      say('trouble', 'That did not work',
        (error.error_text || 'This page is not set up correctly') +
        '. Nothing was changed.');
    }
  });

  askState();
})();
