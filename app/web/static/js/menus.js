// A menu closes when one clicks elsewhere, presses Escape or opens another.
const menus = [...document.querySelectorAll("[data-menu]")];

function closeAll(except) {
  for (const menu of menus) if (menu !== except) menu.open = false;
}

if (menus.length) {
  document.addEventListener("click", (event) => closeAll(event.target.closest("[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = menus.find((menu) => menu.open);
    closeAll();
    open?.querySelector("summary").focus();
  });
}
