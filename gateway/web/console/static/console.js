// Refreshes the page's figures every 30 seconds. Everything works without it; the reader can switch it off,
// and it keeps still while the reader is inside the page's content or the page is not visible.
(() => {
  "use strict";
  const box = document.getElementById("refresh");
  const main = document.getElementById("content");
  box.parentElement.hidden = false;
  box.checked = localStorage.getItem("console-refresh") !== "off";
  box.addEventListener("change", () => localStorage.setItem("console-refresh", box.checked ? "on" : "off"));

  const refresh = async () => {
    if (!box.checked || document.hidden || main.contains(document.activeElement)) return;
    const answer = await fetch(location.pathname + location.search, { cache: "no-store" }).catch(() => null);
    if (answer === null) return;
    if (answer.redirected) return location.reload();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("content");
    for (const open of main.querySelectorAll("details[open]")) {
      const again = fresh.querySelector("#" + open.id);
      if (again) again.open = true;
    }
    main.replaceChildren(...fresh.childNodes);
  };
  setInterval(refresh, 30000);
})();
