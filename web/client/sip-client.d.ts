/** The types of sip-client.js. */

export type ConnectionStatus = "connecting" | "connected" | "reconnecting" | "unauthorized" | "failed";
export type CallAction = "answer" | "hangup" | "hold" | "resume" | "mute" | "unmute" | "dtmf" | "transfer";

export interface SipCall {
  readonly id: string;
  readonly direction: "inbound" | "outbound";
  /** Empty where the number is withheld. */
  readonly phone: string;
  readonly displayName: string | null;
  readonly state: "dialing" | "ringing" | "talking" | "held" | "ended";
  readonly muted: boolean;
  readonly remoteHold: boolean;
  /** Milliseconds since 1970 by the clock of this computer, as are the others. */
  readonly startedAt: number | null;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  /** `completed`, `busy`, `no_answer`, ...; null while the call lives, and where nobody knows. */
  readonly endReason: string | null;
  readonly sipCode: number | null;
  readonly actions: readonly CallAction[];
  /** Digits that were typed after the number and are to be sent next, by `dtmf`, when the person says so. */
  readonly nextDigits?: string;
}

export interface SipState {
  readonly connectionStatus: ConnectionStatus;
  /** `ready`, `dnd`, `break`, `away`, `offline`, or a word of the backend's; null where there is no phone. */
  readonly operatorStatus: string | null;
  /** Epoch milliseconds by the hub's clock, since when the status holds, or null. */
  readonly statusSince: number | null;
  readonly activeCall: SipCall | null;
  readonly calls: readonly SipCall[];
  readonly lastCall: SipCall | null;
}

/** What went wrong: `code` for programs, `message` for the person. */
export interface SipProblem {
  readonly code: string;
  readonly message: string;
  readonly command?: string;
}

export interface SipClientOptions {
  /** Where sip-worker.js is, on the page's origin. */
  worker?: string | URL;
  /** Path of the backend's API on the page's origin. */
  api?: string;
  /** Who is signed in: another string with every sign-in. */
  session?: string;
  /** Whether the worker is to outlive its last page for a while. */
  extendedLifetime?: boolean;
  /** What goes with every request to the backend, such as a CSRF token. */
  headers?: SipHeadersSource | null;
}

export type SipHeaders = Readonly<Record<string, string>>;
/** Headers, or a function that returns them; it is asked again when the backend refuses. */
export type SipHeadersSource = SipHeaders | (() => SipHeaders | Promise<SipHeaders>);

export interface SipClientEventMap {
  statechange: CustomEvent<SipState>;
  screenpop: CustomEvent<SipCall>;
  /** The phone is another person's from now on, or nobody's. */
  handover: CustomEvent<null>;
  progress: CustomEvent<number>;
  error: CustomEvent<SipProblem>;
  outdated: CustomEvent<{ readonly version: string }>;
}

/** The commands. Without an id they are about the active call; they reject with a SipError. */
export interface SipCommands {
  /** `typed`: the number is as people type, paste or link it, which is more than programs may say. */
  dial(phone: string, how?: { typed?: boolean }): Promise<void>;
  answer(callId?: string): Promise<void>;
  hangup(callId?: string): Promise<void>;
  hold(callId?: string): Promise<void>;
  resume(callId?: string): Promise<void>;
  mute(callId?: string): Promise<void>;
  unmute(callId?: string): Promise<void>;
  dtmf(digits: string, callId?: string): Promise<void>;
  transfer(phone: string, callId?: string, how?: { typed?: boolean }): Promise<void>;
  setStatus(status: string): Promise<void>;
}

export class SipError extends Error {
  constructor(error: { code: string; message: string; retryable?: boolean });
  code: string;
  retryable: boolean;
}

export interface SipClient extends SipCommands {}

export class SipClient extends EventTarget {
  static connect(options?: SipClientOptions): SipClient;
  constructor(port: MessagePort | null, openPort?: (() => MessagePort | null) | null, session?: string);
  get state(): SipState;
  /** True while a call rings and it is this tab that is to ring and notify. */
  get attention(): boolean;
  /** The ids of the calls to ring for: those that ring still, and that nobody is answering. Hubs of old builds do not say. */
  get ringing(): readonly string[] | undefined;
  /** The ids of the calls in which people begin to talk with this state. */
  get begun(): readonly string[];
  /** Whether this page rings when it has the attention; when it may not, another tab takes over. */
  get audible(): boolean;
  set audible(audible: boolean);
  get headers(): SipHeadersSource | null;
  set headers(source: SipHeadersSource | null | undefined);
  /** What the event `outdated` told, for whoever comes to listen after it. */
  get outdated(): { readonly version: string } | null;
  /** What the hub knows of itself: the payload of CHECK. */
  check(): Promise<object>;
  journal(): Promise<string>;
  reconnect(): void;
  close(): void;
  addEventListener<K extends keyof SipClientEventMap>(
    type: K,
    listener: (this: SipClient, event: SipClientEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}
