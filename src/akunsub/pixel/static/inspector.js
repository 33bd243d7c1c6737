// Makes the inspector live: calls appear as they come, buttons move the clock and break the network.
"use strict";

const $ = (selector) => document.querySelector(selector);
const MOST = 500;

function say(text) {
  $("#said").textContent = text;
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // from our own server, where everything that was sent is text
  return template.content;
}

function addCopying(within) {
  for (const box of within.querySelectorAll(".copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(box.querySelector("pre").textContent);
      button.textContent = "Copied";
    });
    box.append(button);
  }
}

function addCall(event) {
  const calls = $("#calls");
  const added = fragment(event.data);
  const id = added.firstElementChild.id;
  if (document.getElementById(id)) return; // seen before the connection was lost
  addCopying(added);
  calls.prepend(added);
  $("#none").hidden = true;
  while (calls.childElementCount > MOST) calls.lastElementChild.remove();
}

// A call's request and answer come when somebody wants to see them.
async function showWhole({ target }) {
  const link = target.open && target.querySelector(":scope > .more > a");
  if (!link) return;
  const answer = await fetch(link.href).catch(() => null);
  if (!answer?.ok) return; // the link is still there
  const whole = fragment(await answer.text()).querySelector(".more");
  addCopying(whole);
  link.parentNode.replaceWith(whole);
}

function listen() {
  const live = $("#live");
  const source = new EventSource(live.dataset.events);
  source.addEventListener("open", () => { live.textContent = "Live"; live.dataset.state = "live"; });
  source.addEventListener("call", addCall);
  source.addEventListener("people", (event) => $("#people").replaceChildren(fragment(event.data)));
  source.addEventListener("reset", () => location.reload());
  source.addEventListener("full", () => { live.textContent = "Others are looking; waiting"; });
  source.addEventListener("error", () => {
    live.textContent = "Connecting …";
    live.dataset.state = "lost";
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
  // Else a page that comes back from the cache would show what was true then.
  addEventListener("pagehide", () => source.close(), { once: true });
}

async function ask(method, path, body) {
  const answer = await fetch(`/_unsub/${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer?.ok) say(told?.error_text ?? "The endpoint does not answer.");
  return answer?.ok ? told : null;
}

async function moveClock(wanted) {
  let body = wanted;
  if (wanted === "before-end") {
    const ends = [...document.querySelectorAll("[data-ends]")].map((one) => Date.parse(one.dataset.ends));
    if (!ends.length) return say("No timer runs.");
    body = { now: new Date(Math.min(...ends) - 999).toISOString() };
  } else body = JSON.parse(wanted);
  const told = await ask("POST", "clock", body);
  if (told) say(told.is_real ? "The time is real." : `It is ${told.now.slice(11, 19)}.`);
}

async function addFault(kind) {
  const told = await ask("POST", "faults", { kind });
  if (told) say(`Waiting for a call: ${told.faults.map((one) => one.kind).join(", ")}.`);
}

function press({ target }) {
  const { clock, fault, noFaults, reset } = target.dataset;
  if (clock) moveClock(clock);
  else if (fault) addFault(fault);
  else if (noFaults !== undefined) ask("DELETE", "faults").then((told) => told && say("No faults any more."));
  else if (reset !== undefined) ask("POST", "reset").then((told) => told && location.reload());
}

async function changeMode({ target }) {
  const { resource, account } = target.dataset;
  const told = await ask("PATCH", `resources/${resource}?account_id=${account}`, { mode: target.value });
  if (told) say(`The mode is ${told.mode}.`);
}

function begin() {
  if ($("#live")?.dataset.events) listen();
  addCopying(document);
  const controls = $("#controls");
  if (!controls) return;
  controls.hidden = false;
  controls.addEventListener("click", press);
  controls.addEventListener("change", changeMode);
}

addEventListener("DOMContentLoaded", () => {
  $("#calls")?.addEventListener("toggle", showWhole, true);
  for (const select of document.querySelectorAll("#search select")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
});
// What is there already is to be seen first.
addEventListener("load", () => setTimeout(begin, 50));
