import { jsonText } from '../escape.ts'
import type { Report } from '../report.ts'
import { APP_BODY, APP_SCRIPT, APP_STYLE, SCRIPT_HASH, STYLE_HASH } from './app.generated.ts'
import { encodePage } from './encode.ts'

/**
 * The report as one self-contained page. Its content security policy allows the page's own script and style by their hashes and
 * nothing else, so that nothing from a capture or from metadata can run or load anything even if it got into the page as markup.
 */
export function* html(report: Report): Generator<string> {
  const policy = `default-src 'none'; script-src '${SCRIPT_HASH}'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`
  yield `<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>masqcheck report</title>\n`
  yield `<style>${APP_STYLE}</style>\n</head>\n<body>\n${APP_BODY}\n<script type="application/json" id="data">`
  // `<` cannot occur in JSON outside strings, and as an escape it ends no element.
  yield jsonText(encodePage(report)).replaceAll('<', '\\u003c')
  yield `</script>\n<script>${APP_SCRIPT}</script>\n</body>\n</html>\n`
}
