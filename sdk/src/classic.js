// Entry of ak_list_unsubscribe.js, a classic script.

import { install } from './install.js';

install(document.currentScript);
