/** The console's entry: draws the page into the document. */

import { render } from 'preact'
import { Console } from './console.tsx'
import './console.css'

render(<Console />, document.body)
