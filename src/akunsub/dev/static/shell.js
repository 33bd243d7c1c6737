// Opens the chosen page as the chosen person.
"use strict";

const opened = document.querySelector("#opened");
const page = document.querySelector("#page");
const alone = document.querySelector("#alone");

function open() {
  const url = new URL(opened.elements.page.value, location.origin);
  if (opened.elements.smid) url.searchParams.set(opened.dataset.smidParam, opened.elements.smid.value);
  alone.href = url;
  page.src = url;
}

opened.addEventListener("change", open);
opened.addEventListener("submit", (event) => {
  event.preventDefault();
  open();
});
