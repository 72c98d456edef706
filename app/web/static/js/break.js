// When a break is over, the page shows the part that follows it.
document.querySelector("[data-clock]")?.addEventListener("clock:over", () => location.reload());
