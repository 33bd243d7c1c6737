// What a page's DOM says about itself, and what lets people leave.
// named: the selectors that a person named, or ''.
(named) => {
  const LEAVE = /unsubscri|opt.?out|отпис|abmeld|abbestell|désabonn|désinscri|darse de baja|disiscri|cancelar (la )?(suscripci|inscri)|uitschrijv|wypis/i;
  const STAY = /\b(stay|keep|don.?t unsub\w*|do not unsub\w*|cancel|undo|resubscri|re-subscri|remain)\b|остаться|отмен|не отпис|bleiben|rester|rückgängig|annuler/i;

  const END = /\b(cancel|end|stop) (my |the |your )?(subscription|mailing)|kündig/i;
  const KEEP = /\b(stay|keep|remain|still|continue|go on|don.t unsubscribe)\b|остаться|оставить|продолж|behalten|bleiben|rester|continuer/i;

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
  const nameOf = (element) => (element.getAttribute('aria-label') || element.innerText ||
    element.value || element.title || '').trim();
  const described = (element) => ({
    selector: path(element),
    html: element.outerHTML.replace(/\s+/g, ' ').slice(0, 200),
    name: nameOf(element),
  });
  const isVisible = (element) => element.checkVisibility
    ? element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    : element.getClientRects().length > 0;
  const all = (selector) => [...document.querySelectorAll(selector)];

  const rendered = (element, one) => getComputedStyle(element)[one];
  const numbers = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3).map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
  const background = (element) => {
    for (let node = element; node; node = node.parentElement) {
      const color = numbers(rendered(node, 'backgroundColor'));
      if (color.length === 3 || color[3] > 0.5) return color;
    }
    return [255, 255, 255];
  };
  // How much an element stands out.
  const weight = (element) => {
    const box = element.getBoundingClientRect();
    const [low, high] = [luminance(numbers(rendered(element, 'color'))),
      luminance(background(element))].sort((a, b) => a - b);
    return {
      area: box.width * box.height,
      font: parseFloat(rendered(element, 'fontSize')),
      contrast: (high + 0.05) / (low + 0.05),
      top: box.top, left: box.left,
    };
  };
  const labelled = (one) => {
    const set = one.closest('fieldset');
    const legend = set && set.querySelector('legend');
    return [...(one.labels || [])].map((label) => label.innerText).concat(
      one.getAttribute('aria-label') || '', legend ? legend.innerText : '').join(' · ').trim();
  };
  const submitOf = (form) => form &&
    form.querySelector('button:not([type]), [type=submit], [type=image]');

  const isWayToLeave = (name) => END.test(name) || (LEAVE.test(name) && !STAY.test(name));
  const pressable = all(
    'button, input[type=submit], input[type=button], a[href], [role=button]');
  const confirms = all('[data-ak-unsub="confirm"]').map((element) =>
    element.localName !== 'form' ? element : submitOf(element) || element
  ).concat(
    all('[onclick*="confirmUnsub"]'),
    pressable.filter((one) => isWayToLeave(nameOf(one))),
  );
  const stays = pressable.filter((one) =>
    STAY.test(nameOf(one)) && !END.test(nameOf(one)));
  const cancels = all('[data-ak-unsub="cancel"], [onclick*="cancelUnsub"]').concat(stays);
  const first = (found) => found.find(isVisible) || found[0];
  const chosen = (selector) => {
    try { return document.querySelector(selector); } catch (error) { return null; }
  };
  const confirm = named.confirm ? chosen(named.confirm) : first(confirms);
  const cancel = named.cancel ? chosen(named.cancel) : cancels[0];
  const boxes = all('input[type=checkbox]');
  // What sends the categories: of their form, or the only way out there is.
  const sender = boxes.length && (submitOf(boxes[0].form) ||
    (new Set(confirms).size === 1 && confirm));

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
      integrity: one.integrity, crossOrigin: one.crossOrigin,
    })),
    confirm: confirm ? described(confirm) : null,
    cancel: cancel ? described(cancel) : null,
    // What leads out beside what makes people stay, both being in sight.
    rivals: confirm && isVisible(confirm) ? [confirm].concat(stays.filter(isVisible))
      .map((one) => Object.assign(described(one), weight(one))) : [],
    boxes: boxes.filter(isVisible).map(described),
    radios: all('input[type=radio]').filter(isVisible)
      .map((one) => Object.assign(described(one), { isChecked: one.checked })),
    boxesSender: sender ? described(sender) : null,
    ticked: all('input[type=checkbox], input[type=radio]').filter((one) => one.checked)
      .map((one) => Object.assign(described(one), { label: labelled(one) }))
      .filter((one) => KEEP.test(one.label)),
    inlineScripts: all('script:not([src])').filter((one) => !one.nonce &&
      (!one.type || one.type === 'module' || /javascript/.test(one.type))).map(described),
    inlineHandlers: all('*').filter((one) =>
      [...one.attributes].some(({ name }) => /^on[a-z]+$/.test(name)) ||
      /^javascript:/i.test(one.getAttribute('href') || '')).map(described),
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
      .filter((one) => one.getAttribute('aria-live') !== 'off').map(path),
    ways: all('a[href], form[action]').filter((one) =>
      /^(mailto:|tel:|https?:)/.test(one.href || one.action)).filter(isVisible).map(described),
  };
}
