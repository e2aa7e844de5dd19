/** The MCP App's entry: draws a tool's result inside the client. */

import { render } from 'preact'
import './app.css'

function Result() {
  return <main>No result yet.</main>
}

render(<Result />, document.body)
