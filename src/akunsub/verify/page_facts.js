// What a page's DOM says about itself, and what lets people leave.
() => {
  const LEAVE = /unsubscri|opt.?out|отпис|abmeld|abbestell|désabonn|désinscri|darse de baja|disiscri|cancelar (la )?(suscripci|inscri)|uitschrijv|wypis/i;
  const STAY = /\b(stay|keep|cancel|undo|resubscri|re-subscri|remain)\b|остаться|отмен|не отпис|bleiben|rester|rückgängig|annuler/i;

  const path = (element) => {
    const steps = [];
    for (let node = element; node && node.nodeType === 1; node = node.parentElement) {
      if (node.id && document.querySelectorAll('#' + CSS.escape(node.id)).length === 1) {
        steps.unshift('#' + CSS.escape(node.id));
        break;
      }
      const name = node.localName;
      const same = node.parentElement
        ? [...node.parentElement.children].filter((one) => one.localName === name) : [];
      steps.unshift(same.length > 1 ? `${name}:nth-of-type(${same.indexOf(node) + 1})` : name);
    }
    return steps.join(' > ');
  };
  const named = (element) => (element.getAttribute('aria-label') || element.innerText ||
    element.value || element.title || '').trim();
  const described = (element) => ({
    selector: path(element),
    html: element.outerHTML.replace(/\s+/g, ' ').slice(0, 200),
    name: named(element),
  });
  const isVisible = (element) => element.checkVisibility
    ? element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    : element.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)];

  const isWayToLeave = (name) => LEAVE.test(name) && !STAY.test(name);
  const confirms = all('[data-ak-unsub="confirm"]').map((element) =>
    element.localName !== 'form' ? element :
      element.querySelector('button:not([type]), [type=submit], [type=image]') || element
  ).concat(
    all('[onclick*="confirmUnsub"]'),
    all('button, input[type=submit], input[type=button], a[href], [role=button]')
      .filter((one) => isWayToLeave(named(one))),
  );

  const isTooWide = document.documentElement.scrollWidth > innerWidth;
  const sticking = isTooWide ? all('body *').filter((one) =>
    one.getBoundingClientRect().right > innerWidth + 1) : [];

  const scripts = all('script[src]').filter((one) => /ak_list_unsubscribe/.test(one.src));
  // The categories that scripts and handlers name: confirmUnsub(smid, ['news', 'promo']).
  const calls = document.documentElement.outerHTML.replace(/&quot;/g, '"')
    .match(/(confirm|cancel)Unsub\([^)]*\)/g) || [];
  return {
    lang: document.documentElement.lang,
    robots: all('meta[name=robots i]').map((one) => one.content).join(','),
    referrer: all('meta[name=referrer i]').map((one) => one.content).pop() || '',
    hasClass: typeof window.AkUnsub === 'function',
    scripts: scripts.map((one) => Object.assign(described(one), {
      src: one.src, rtoken: one.dataset.akRtoken || '',
    })),
    confirm: confirms[0] ? described(confirms[0]) : null,
    categories: [...new Set(all('[name=categories]').map((one) => one.value)
      .concat(...all('[data-ak-categories]').map((one) => one.dataset.akCategories.split(/\s+/)))
      .concat(...calls.map((one) => one.match(/\[.*/s) || ['']).map(([list]) =>
        (list.match(/(["'])[\w-]+\1/g) || []).map((each) => each.slice(1, -1))))
      .filter(Boolean))],
    // The innermost ones: what holds them is wide because of them.
    tooWide: sticking.filter((one) =>
      !sticking.some((other) => other !== one && one.contains(other)))
      .slice(0, 5).map(described),
    passwords: all('input[type=password]').map(described),
    captchas: all('iframe[src*=captcha i], iframe[src*="challenges.cloudflare.com"], ' +
      '[class*=captcha i]').map(described),
    fields: all('input:not([type]), input[type=text], input[type=email], input[type=tel], ' +
      'input[type=number], input[type=date], textarea, select').filter(isVisible)
      .map((one) => Object.assign(described(one), { required: one.required })),
    live: all('[role=status], [role=alert], [aria-live=polite], [aria-live=assertive], output')
      .map(path),
    ways: all('a[href], form[action]').filter((one) =>
      /^(mailto:|tel:|https?:)/.test(one.href || one.action)).filter(isVisible).map(described),
  };
}
