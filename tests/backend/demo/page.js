/** What a page of one's own may do with the phone: dial for the operator, and say why it could not. */

const phone = document.querySelector("sip-phone-widget");
const problem = document.getElementById("dial-problem");

for (const button of document.querySelectorAll("[data-phone]")) {
  button.addEventListener("click", () => dial(button.dataset.phone));
}

async function dial(number) {
  problem.hidden = true;
  try {
    await phone.dial(number);
  } catch (error) {
    problem.textContent = `${number} was not dialled: ${error.message}`;
    problem.hidden = false;
  }
}

document.getElementById("copy").addEventListener("click", async ({ target }) => {
  const lines = document.getElementById("lines");
  try {
    await navigator.clipboard.writeText(lines.textContent);
    target.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(lines); // the browser forbids it, but Ctrl+C works
    target.textContent = "Press Ctrl+C";
  }
});
