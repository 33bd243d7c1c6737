// Entry of ak_list_unsubscribe.mjs, an ES module.

import { AkUnsub } from './akunsub.js';
import { AkUnsubError } from './error.js';
import { install } from './install.js';

install({ src: import.meta.url });

export { AkUnsub, AkUnsubError };
