/** The types of sip-phone-widget.js. */

import type { SipCall, SipClient, SipCommands, SipHeadersSource, SipProblem, SipState } from "./sip-client.js";

/** The words of a language: an object of the shape that web/widget/languages/english.js has; what it leaves out is English. */
export type SipPhoneWords = { readonly lang?: string; readonly [name: string]: unknown };

export interface SipPhoneWidgetEventMap {
  statechange: CustomEvent<SipState>;
  "call-incoming": CustomEvent<SipCall>;
  "call-answered": CustomEvent<SipCall>;
  "call-ended": CustomEvent<SipCall>;
  "screen-pop": CustomEvent<SipCall>;
  "phone-error": CustomEvent<SipProblem>;
  outdated: CustomEvent<{ readonly version: string }>;
}

export interface SipPhoneWidget extends SipCommands {}

export class SipPhoneWidget extends HTMLElement {
  /** Define the element under a name that is free. The module does so by itself, unless it is imported with ?define=false. */
  static define(name?: string): void;
  /** The languages it speaks, by tag, or how to fetch them. Add yours before you use it. */
  static languages: Record<string, SipPhoneWords | (() => Promise<{ default: SipPhoneWords }>)>;
  get api(): string;
  set api(path: string | null | undefined);
  get worker(): string;
  set worker(address: string | URL | null | undefined);
  get session(): string;
  set session(session: string | null | undefined);
  get csrfCookie(): string | null;
  set csrfCookie(name: string | null | undefined);
  get csrfHeader(): string | null;
  set csrfHeader(name: string | null | undefined);
  get headers(): SipHeadersSource | null;
  set headers(source: SipHeadersSource | null | undefined);
  get extendedLifetime(): boolean;
  set extendedLifetime(lives: boolean | null | undefined);
  get ringtone(): string | null;
  set ringtone(address: string | URL | null | undefined);
  get silent(): boolean;
  set silent(silent: boolean | null | undefined);
  get telLinks(): boolean;
  set telLinks(takes: boolean | null | undefined);
  get docked(): "bottom-right" | "bottom-left" | null;
  set docked(corner: "bottom-right" | "bottom-left" | "" | null | undefined);
  get check(): boolean;
  set check(open: boolean | null | undefined);
  get noShortcuts(): boolean;
  set noShortcuts(off: boolean | null | undefined);
  get client(): SipClient | null;
  set client(client: SipClient | null | undefined);
  get state(): SipState;
}

declare global {
  interface HTMLElementTagNameMap {
    "sip-phone-widget": SipPhoneWidget;
  }
  /** They bubble and leave shadow trees: any node may listen. */
  interface GlobalEventHandlersEventMap extends SipPhoneWidgetEventMap {}
}
