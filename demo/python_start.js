// On the main thread PyScript needs Function() for the hooks of its workers only, and the pages
// have none: without those hooks their policy need not allow it.
import { hooks } from './runtime/pyscript/core.js';

hooks.worker.onBeforeRunAsync.clear();
