/** The MCP App's entry: draws a tool's result inside the client. */

import { render } from 'preact'
import '../parts/parts.css'
import './app.css'
import { Host } from './host.ts'
import { Result } from './result.tsx'

render(<Result host={new Host(parent)} />, document.body)
