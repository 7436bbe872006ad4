import { OTHER_ROUTE } from '../../../model/route-classes.ts';
import { renderPage, type AssetPath } from './layout.ts';
import { messageBody } from './pages.ts';

/** The body of an error response, in the format for clients of the URL. */
export interface ErrorAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** Texts of an error response. */
export interface ErrorText {
  /** For programs: the value of `error` in JSON. */
  readonly problem: string;
  /** For people: heading and text of the page. */
  readonly title: string;
  readonly text: string;
}

export const NOT_FOUND: ErrorText = {
  problem: 'there is no such resource',
  title: 'There is no such page',
  text: 'It may have moved.',
};

const FAILED: ErrorText = {
  problem: 'not possible just now',
  title: 'That did not work',
  text: 'Please try again in a moment.',
};

const REFUSED: ErrorText = {
  problem: 'bad request',
  title: 'That request was not understood',
  text: 'Please check the address, or begin at the first page.',
};

/** The general text for a status. */
export function errorTextOf(status: number): ErrorText {
  return status < 500 ? REFUSED : FAILED;
}

/** JSON for the API, a page of the shop for all other URLs. */
export function renderErrorAnswer(url: string, { problem, title, text }: ErrorText, asset: AssetPath): ErrorAnswer {
  if (isApi(url)) {
    return { contentType: 'application/json; charset=utf-8', body: JSON.stringify({ error: problem }) };
  }
  const page = { title, body: messageBody(title, text), isSignedIn: false, route: OTHER_ROUTE } as const;
  return { contentType: 'text/html; charset=utf-8', body: renderPage(page, asset) };
}

/** Whether a request target belongs to the API. It may be a path, or an absolute URI as in requests to proxies. */
function isApi(url: string): boolean {
  return /^(?:https?:\/\/[^/]*)?\/api\//i.test(url);
}
