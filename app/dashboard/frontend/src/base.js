// What every page gets: theme, keys, changes without a reload, the pill that says there is more.
// Pages work without any of it: each enhancement rests on a link or a form that does the same.

import { followProgress } from "./follow.js";
import { listenToKeys } from "./keys.js";
import { previewAsYouType } from "./preview.js";
import { watchPulse } from "./pulse.js";
import { enhanceForms } from "./swap.js";
import { enhanceTheme } from "./theme.js";

enhanceTheme();
enhanceForms();
listenToKeys();
watchPulse();
previewAsYouType();
followProgress();
