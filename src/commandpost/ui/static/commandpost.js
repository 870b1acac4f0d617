// What the pages gain when scripts run. Every one of them works without.
import "./parts/unsaved.js";
import "./parts/forms.js";
import "./parts/dialogs.js";
import "./parts/focus.js";
import "./parts/gone.js";
import "./parts/menus.js";
import "./parts/composer.js";
import "./parts/drafts.js";
import "./parts/sortable.js";
import "./parts/editor.js";
import "./parts/keys.js";
import "./parts/channels.js";
import "./parts/palette.js";
import "./parts/times.js";
import "./parts/title.js";
import "./parts/stick.js";
import "./parts/small.js";
