// Where the settings come from: the script's own URL, then the data-ak-*
// attributes of its tag, then the constructor; the later one wins.

const NAMES = ['id', 'rtoken', 'pxl_domain', 'smid_param', 'require_gesture'];

// tag: the script's own, or {src} of the module. The file is one constant for
// every resource, so its URL is what tells them apart. It is looked at when
// the settings are needed, not while the script is evaluated.
export const source = { tag: null };

// The origin that was connected to last.
let warmed;

function override(config, valueOf) {
  for (const name of NAMES) {
    const value = valueOf(name);
    if (value != null) {
      config[name] = value;
    }
  }
}

/** Open the connection, so that a click costs one round trip. */
function warm(origin) {
  if (warmed !== origin) {
    warmed = origin;
    document.head.append(Object.assign(document.createElement('link'), {
      // crossOrigin: connections are with credentials or without, and fetch()
      // will ask for one without.
      rel: 'preconnect', crossOrigin: '', href: origin,
    }));
  }
}

/**
 * @param {object} [options]  As given to the constructor.
 * @returns {{pxl_domain: string, id?: string, rtoken?: string,
 *   smid_param: string, require_gesture: boolean}}
 *   pxl_domain: an origin, 'https://pxl.example'.
 * @throws {Error} Its message names the setting that is wrong.
 */
export function configure(options) {
  const config = { smid_param: 'smid' };
  const tag = source.tag || {};
  // An inline or file: script has no host to send to.
  if (/^http/.test(tag.src)) {
    const url = new URL(tag.src);
    config.pxl_domain = url.origin;
    config.id = url.searchParams.get('id');
  }
  override(config, (name) => tag.getAttribute &&
    tag.getAttribute('data-ak-' + name.replace('_', '-')));
  override(config, (name) => options && options[name]);

  // A path would be dropped silently, and every click with it.
  const domain = /^(https?:\/\/)?([^\s\/?#@]+)\/*$/i.exec(config.pxl_domain);
  try {
    config.pxl_domain = new URL((domain[1] || 'https://') + domain[2]).origin;
  } catch (e) {
    throw Error('pxl_domain');
  }
  warm(config.pxl_domain);
  if (!config.rtoken && !config.id) {
    throw Error('id');
  }
  // The attribute is a string.
  config.require_gesture = String(config.require_gesture) !== 'false';
  return config;
}
