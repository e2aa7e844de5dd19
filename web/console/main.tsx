/** The console's entry: draws the page into the document. */

import { render } from 'preact'
import { Console } from './console.tsx'
// Styles of what is loaded later too: a module that is loaded later brings none.
import '../parts/parts.css'
import './console.css'
import './pages/query/query.css'

render(<Console />, document.body)
