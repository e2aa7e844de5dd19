/** The word vectors in workerd: a data module, loaded on first use. */

import bytes from './words.bin'

export default bytes
