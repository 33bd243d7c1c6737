// Buttons, links and forms that carry data-ak-unsub: no page script needed,
// so a strict CSP has nothing to allow.

import { act, AkUnsub, configs } from './akunsub.js';

/** @param {Event} event  Any click or submit of the page. */
export function onPress(event) {
  // The path, not the target: a click inside a button hits its child, one in a
  // shadow root its host.
  const element = event.composedPath().find(
    (node) => node.dataset && 'akUnsub' in node.dataset,
  );
  const isForm = element && element.tagName === 'FORM';
  // A click inside a form is not yet its submission. A page that prevented
  // the event has said no.
  if (
    !element || isForm !== (event.type === 'submit') || event.defaultPrevented
  ) {
    return;
  }
  const form = isForm ? element : element.form;
  const fields = new FormData(form || undefined);
  const akUnsub = new AkUnsub();
  const smid = fields.get('smid') ||
    new URLSearchParams(location.search).get(configs.get(akUnsub).smid_param);
  const listed = element.dataset.akCategories;
  let categories;
  if (listed != null) {
    categories = listed.split(/\s+/);
  } else if (form && Array.from(form.elements).some(
    (field) => field.matches('[name=categories]:enabled'),
  )) {
    // Boxes to choose from: none ticked is [], which is not "everything".
    categories = fields.getAll('categories');
  }
  event.preventDefault();
  const action = element.dataset.akUnsub;
  act(akUnsub, action, smid, categories, element, !event.isTrusted);
}
