"""Pages with a framework, made as their authors make them: the README's examples, the real packages, one bundle."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.backend.pages import PAGE_POLICY
from web.bundling import settings
from web.bundling.cache import cached_folder
from web.bundling.files import write_folder
from web.bundling.node import node_program
from web.bundling.programs import run
from web.bundling.registries import npm_program

from .desk import Desk
from .drivers import Page
from .npm import npm_package

README = (settings.ROOT / "README.md").read_text("utf-8")
SECTION = README.partition("\n### In frameworks\n")[2].partition("\n### ")[0]
# What a page imports by these names. Both frameworks are those for development, which complain of what is wrong.
PACKAGES = {
    "pinia": "dist/pinia.esm-browser.prod.js",
    "react": "",
    "react-dom": "",
    "scheduler": "",
    "vue": "dist/vue.runtime.esm-browser.js",
}
BUNDLE = (
    "--bundle",
    "--format=esm",
    "--external:/dist/*",
    "--jsx=automatic",
    "--loader:.vue=js",
    '--define:process.env.NODE_ENV="development"',
    "--log-level=warning",
)
# Vite's plugin gives the compiler the same options.
COMPILE_VUE = """
const [compiler, component, plugin] = process.argv.slice(1);
const { parse, compileScript } = await import(compiler);
const { template: templateOptions } = new Function("vue", `return ${plugin}`)((options) => options);
const { descriptor } = parse(component, { templateParseOptions: templateOptions.compilerOptions });
console.log(compileScript(descriptor, { id: "phone", inlineTemplate: true, templateOptions }).content);
"""
HTML = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Page</title>
<body>BODY</body></html>"""
APP = '<div id="app"></div><script type="module" src="/app.js"></script>'

# `show(count)` mounts and unmounts, so that there are so many of the component.
VUE_APP = """
import { createPinia } from "pinia";
import { createApp, h, ref } from "vue";
import Phone from "./Phone.vue";

const shown = ref(1);
const phones = () => Array.from({ length: shown.value }, (_, index) => h(Phone, { key: index }));
window.show = (count) => (shown.value = count);
window.pinia = createPinia();
createApp({ render: phones }).use(pinia).mount("#app");
"""
REACT_APP = """
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Phone } from "./Phone.jsx";

const root = createRoot(document.querySelector("#app"));
const phones = (count) => Array.from({ length: count }, (_, index) => <Phone key={index} />);
window.show = (count) => root.render(<StrictMode>{phones(count)}</StrictMode>);
window.show(1);
"""


def example(language: str) -> str:
    """Return the one example of the README's section that is written in `language`."""
    [found] = re.findall(rf"^```{language}\n(.+?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    return str(found)


def plain_page(desk: Desk, body: str) -> Page:
    """A page of HTML alone, whose scripts stand in it."""
    serve(desk, "/page.html", HTML.replace("BODY", body), {"Content-Type": "text/html"})
    return desk.page("/page.html")


def vue_page(desk: Desk, component: str | None = None) -> Page:
    """A page of Vue with Pinia that shows the example's component, or another one."""
    return app_page(desk, vue_app(component or example("vue")))


def react_page(desk: Desk, component: str | None = None) -> Page:
    """A page of React, in strict mode, that shows the example's component, or another one."""
    files = {"app.jsx": REACT_APP, "Phone.jsx": component or example("jsx")}
    return app_page(desk, bundled("app.jsx", files))


def app_page(desk: Desk, script: str) -> Page:
    """A page on a strict site with nothing but that script."""
    serve(desk, "/app.js", script, {"Content-Type": "text/javascript"})
    strict = {"Content-Type": "text/html", "Content-Security-Policy": PAGE_POLICY}
    serve(desk, "/app.html", HTML.replace("BODY", APP), strict)
    return desk.page("/app.html")


def serve(desk: Desk, path: str, body: str, headers: dict[str, str]) -> None:
    """Answer the pages of that desk in the backend's place."""
    desk.context.playwright.route(f"**{path}", lambda route: route.fulfill(body=body, headers=headers))


@cache
def vue_app(component: str) -> str:
    """Return the script of a page with that component, which is compiled with the options that the README names."""
    [plugin] = re.findall(r"`(vue\(.+?\))`", SECTION)
    with tempfile.TemporaryDirectory() as folder:
        published = npm_package("@vue/compiler-sfc") / "dist" / "compiler-sfc.esm-browser.js"
        compiler = shutil.copy(published, Path(folder, "compiler.mjs"))
        node = [*node_program("node"), "--input-type=module", "-e", COMPILE_VUE]
        compiled = run([*node, compiler, component, plugin], "a component of Vue could not be compiled")
    return bundled("app.js", {"app.js": VUE_APP, "phone.js": example("js"), "Phone.vue": compiled})


def bundled(entry: str, files: Mapping[str, str]) -> str:
    """Return one script of these files and the packages that they import; made once, for it takes seconds."""
    aliases = [f"--alias:{name}={npm_package(name) / path}" for name, path in PACKAGES.items()]

    def make(folder: Path) -> None:
        write_folder(folder, {name: content.encode() for name, content in files.items()})
        command = [*npm_program("esbuild-wasm", "esbuild"), entry, *BUNDLE, *aliases, "--outfile=bundle.js"]
        run(command, "a page could not be bundled", cwd=folder)

    inputs = [settings.PINS["esbuild-wasm"], entry, *BUNDLE, *aliases, *files, *files.values()]
    return (cached_folder("page", inputs, make) / "bundle.js").read_text("utf-8")
