/** The word vectors as workerd hands them over: a data module beside the Worker's code, read when it is first used. */

import bytes from './words.bin'

export default bytes
