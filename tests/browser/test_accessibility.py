"""Nobody is kept out: what axe-core finds in every scene, targets, motion, forced colours, and what is read aloud."""

from dataclasses import replace
from typing import Any

import pytest

from . import marks
from .npm import npm_package
from .stage import DIALING, REFUSAL, SCENES, USUAL, Look, Stage, scene

pytestmark = marks.ONCE

LOOKS: dict[str, tuple[Look, Any]] = {
    "light": (USUAL, "light"),
    "dark": (USUAL, "dark"),
    "narrow": (Look(width=240), "light"),
    "Russian": (Look(lang="ru"), "light"),
    "from right to left": (Look(direction="rtl"), "dark"),
}

# What axe cannot decide by itself counts as well.
# What fades in is audited when it is there.
AUDIT = """async (phone) => {
  for (const animation of phone.shadowRoot.getAnimations()) {
    if (animation.effect.getTiming().iterations !== Infinity) animation.finish();
  }
  const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const {violations, incomplete} = await axe.run(phone, {
    runOnly: {type: "tag", values}, rules: {"target-size": {enabled: true}},
  });
  const tell = ({id, nodes}) => nodes.map(({html, any, all, none}) =>
    `${id}: ${[...any, ...all, ...none].map(({message}) => message)} ${html}`);
  return [...violations, ...incomplete].flatMap(tell);
}"""

CONTROLS = """[...phone.shadowRoot.querySelectorAll("button, input, select")]
  .filter((control) => control.checkVisibility({visibilityProperty: true}))"""

SMALL = f"""(phone) => {CONTROLS}
  .map((control) => [control.getAttribute("part"), control.getBoundingClientRect()])
  .filter(([, {{width, height}}]) => Math.min(width, height) < 43.99)
  .map(([part, {{width, height}}]) => `${{part}} ${{width}} x ${{height}}`)"""

# As wide as WCAG 1.4.12 lets a person set it.
SPREAD = """(phone) => {
  const sheet = new CSSStyleSheet();
  const spacing = "line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important";
  sheet.replaceSync(`* { ${spacing} }`);
  phone.shadowRoot.adoptedStyleSheets.push(sheet);
  return [...phone.shadowRoot.querySelectorAll("button, [part=panel]")]
    .filter(({scrollWidth, clientWidth}) => scrollWidth > clientWidth)
    .map(({part, scrollWidth, clientWidth}) => `${part} needs ${scrollWidth} of ${clientWidth}`);
}"""

MOVING = "(phone) => phone.shadowRoot.getAnimations().length"

SMOOTH = """(phone) => phone.shadowRoot.getAnimations()
  .filter(({effect}) => effect.getTiming().iterations === Infinity)
  .filter(({effect}) => effect.getKeyframes().some(({easing}) => !easing.startsWith("step")))
  .map(({animationName}) => animationName)"""

UNBOUNDED = f"""(phone) => {CONTROLS}
  .filter((control) => {{
    const {{borderTopStyle, borderTopWidth, borderTopColor, backgroundColor}} = getComputedStyle(control);
    const isThere = borderTopStyle === "solid" && parseFloat(borderTopWidth) >= 1;
    return !isThere || borderTopColor === backgroundColor || borderTopColor === "rgba(0, 0, 0, 0)";
  }})
  .map((control) => control.getAttribute("part"))"""

# Style, width, and whether it is highlighted.
BORDER = """(phone, card) => {
  const {borderTopStyle, borderTopWidth, borderTopColor} = getComputedStyle(phone.shadowRoot.querySelector(card));
  const probe = document.body.appendChild(document.createElement("p"));
  probe.style.color = "Highlight";
  return [borderTopStyle, borderTopWidth, borderTopColor === getComputedStyle(probe).color];
}"""

# What a live region has after each change in it is what a screen reader says.
LISTEN = """(phone) => {
  window.said = [];
  const live = "[role=status], [role=alert], [role=log], [aria-live]";
  const regionOf = ({target}) => (target.closest ? target : target.parentElement)?.closest(live);
  const hear = (records) => {
    for (const region of new Set(records.map(regionOf))) {
      if (region?.textContent) said.push([...region.childNodes].map(({textContent}) => textContent));
    }
  };
  new MutationObserver(hear).observe(phone.shadowRoot, {childList: true, characterData: true, subtree: true});
}"""
TICKS = """(phone) => new Promise((resolve) => {
  const timer = phone.shadowRoot.querySelector("[part=timer]");
  const seen = new Set();
  const look = () => seen.add(timer.textContent).size === 2 && resolve();
  new MutationObserver(look).observe(timer, {childList: true, characterData: true, subtree: true});
})"""


def found(stage: Stage, script: str, look: Look = USUAL) -> dict[str, Any]:
    """Return what the script finds in each scene where it finds something."""
    results = {}
    for name, shown in SCENES.items():
        stage.show(shown, look)
        results[name] = stage.phone.evaluate(script)
    return {name: result for name, result in results.items() if result}


def audit(stage: Stage) -> None:
    """Bring axe into the page."""
    stage.page.evaluate((npm_package("axe-core") / "axe.min.js").read_text("utf-8"))


@pytest.mark.parametrize("name", LOOKS)
def test_axe_finds_nothing_in_any_scene(stage: Stage, name: str) -> None:
    look, colours = LOOKS[name]
    stage.page.emulate_media(color_scheme=colours)
    audit(stage)
    assert found(stage, AUDIT, look) == {}


def test_axe_looks_into_the_phone(stage: Stage) -> None:
    audit(stage)
    stage.show(SCENES["last call"])
    stage.phone.evaluate("phone => phone.style.setProperty('--sip-phone-muted', '#ddd')")
    faults = stage.phone.evaluate(AUDIT)
    assert faults
    assert all(fault.startswith("color-contrast: ") for fault in faults)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("width", [240, 360])
def test_every_control_is_44_pixels_wide_and_high(stage: Stage, width: int, lang: str) -> None:
    assert found(stage, SMALL, Look(lang=lang, width=width)) == {}


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("width", [240, 360])
def test_text_that_is_spread_stays_in_its_place(stage: Stage, width: int, lang: str) -> None:
    assert found(stage, SPREAD, Look(lang=lang, width=width)) == {}


def test_nothing_moves_for_those_who_want_less_motion(stage: Stage) -> None:
    stage.page.emulate_media(reduced_motion="reduce")
    assert found(stage, MOVING) == {}
    stage.page.emulate_media(reduced_motion="no-preference")
    assert set(found(stage, MOVING)) >= {"connecting", "reconnecting", "ringing"}


def test_what_goes_on_moving_does_so_in_steps_which_a_processor_can_paint(stage: Stage) -> None:
    assert found(stage, SMOOTH) == {}


def test_in_forced_colours_every_control_has_a_border(stage: Stage) -> None:
    stage.page.emulate_media(forced_colors="active")
    assert found(stage, UNBOUNDED) == {}


def test_in_forced_colours_the_cards_of_calls_differ(stage: Stage) -> None:
    stage.page.emulate_media(forced_colors="active")
    stage.show(SCENES["several calls"])
    borders = [stage.phone.evaluate(BORDER, f"[part~=call][part~={state}]") for state in ("ringing", "talking", "held")]
    assert borders == [["double", "4px", True], ["solid", "3px", False], ["solid", "1px", False]]


def test_a_call_is_announced_once_and_its_timer_never(stage: Stage) -> None:
    ringing, talking = SCENES["ringing"].state, SCENES["talking"].state
    stage.show(SCENES["empty"])
    stage.phone.evaluate(LISTEN)
    for state in (ringing, ringing | {"operatorStatus": "dnd"}, talking, talking):
        stage.tell("statechange", state)
        stage.phone.evaluate(TICKS)
    assert stage.page.evaluate("said") == [
        ["Incoming call from Grace Hopper, +493012345678"],
        ["Your status is now Do not disturb"],
        ["Your status is now Ready", "Talking to Grace Hopper, +493012345678"],
    ]


def test_a_call_that_gets_its_true_id_is_not_announced_again(stage: Stage) -> None:
    stage.show(scene(DIALING))
    stage.phone.evaluate(LISTEN)
    stage.tell("statechange", scene(replace(DIALING, id="named")).state)
    stage.phone.evaluate(TICKS)
    assert stage.page.evaluate("said") == []


def test_an_error_is_announced_once(stage: Stage) -> None:
    stage.show(SCENES["talking"])
    stage.phone.evaluate(LISTEN)
    stage.tell("error", REFUSAL)
    stage.phone.evaluate(TICKS)
    assert stage.page.evaluate("said") == [["The line is busy."]]
