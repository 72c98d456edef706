// What every page may hold. Each module finds its own elements and does nothing without them.
import "./scheme-switch.js";
import "./menus.js";
import "./dialogs.js";
import "./toasts.js";
import "./order.js";
import "./clock.js";
import "./contents.js";

document.querySelector("[data-focus]")?.focus();
