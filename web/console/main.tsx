/** The console's entry: draws the page into the document. */

import { render } from 'preact'
import './console.css'

function Console() {
  return (
    <main>
      <h1>Rowgate</h1>
    </main>
  )
}

render(<Console />, document.body)
