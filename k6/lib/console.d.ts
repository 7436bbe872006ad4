/** k6 has its own console, which its types do not declare. */
declare const console: { log(text: string): void };
