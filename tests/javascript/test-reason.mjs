/** Why something was not done: what is English in it is marked as that, and it is written once. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Language, languages } from "../../web/widget/languages/language.js";
import { setReason } from "../../web/widget/messages/reason.js";
import russian from "../../web/widget/languages/sip-phone-russian.js";
import { give } from "./stand-ins.mjs";

/** A node that knows its children, and their text. */
class Node {
  attributes = {};
  children = [];
  replaceChildren = mock.fn((...children) => (this.children = children));

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  append(...children) {
    this.children.push(...children);
  }

  get textContent() {
    return this.children.map((child) => child.textContent ?? child).join("");
  }
}

give({ document: { createElement: () => new Node() } });
languages.ru = russian;
languages.de = { unknownError: "Etwas ging schief ({code})." };

const BUSY = { code: "api_409", message: "The line is busy." };

/** Each piece of the text with the language that it is marked as, if it is. */
function pieces(node) {
  return node.children.map((child) => (child instanceof Node ? [child.attributes.lang, child.textContent] : child));
}

for (const [tag, error, expected] of [
  ["en", BUSY, [["en", BUSY.message]]],
  ["ru", BUSY, ["Сервер отказал (api_409): ", ["en", BUSY.message]]],
  ["ru", { code: "invalid_phone", message: "12a is not a number." }, [russian.error.invalid_phone]],
  ["ru", { code: "something" }, ["Что-то пошло не так (something). Попробуйте ещё раз."]],
  ["de", { code: "invalid_phone", message: "12a is not a number." }, [["en", "12a is not a number."]]],
  ["de", { code: "something" }, ["Etwas ging schief (something)."]],
]) {
  test(`the reason ${error.code} in ${tag} marks what is English`, () => {
    const node = new Node();
    setReason(node, new Language(tag), error);
    assert.deepEqual(pieces(node), expected);
  });
}

test("a reason that is there already is not written again", () => {
  const node = new Node();
  for (const error of [BUSY, BUSY, { code: "something" }, BUSY]) setReason(node, new Language("ru"), error);
  assert.equal(node.replaceChildren.mock.callCount(), 3);
});
