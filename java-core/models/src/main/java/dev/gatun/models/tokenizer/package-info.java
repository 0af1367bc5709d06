/**
 * Tokenizers: text to the token ids of a model and back, from the metadata keys {@code
 * tokenizer.ggml.*}.
 *
 * <p>Start at {@link dev.gatun.models.tokenizer.Tokenizers#from}; what it makes is immutable and
 * shared by threads. The ids are those of llama.cpp for the same file, also where a model's
 * original tokenizer differs: GGUF files are made for, and checked with, llama.cpp.
 *
 * <h2>Encoding</h2>
 *
 * <pre>
 * text -> UTF-8 -> SpecialTokenFinder -> fragments -> Encoder.Session -> ids
 *
 * BpeEncoder            CodePoints -> SplitRules of a PreTokenizer -> PairMerger over a MergeTable
 * UnspacedEncoder       words in lower case, one by one -> BpeEncoder
 * SentencePieceEncoder  visible spaces -> words -> PairMerger over joined texts and scores
 * WordPieceEncoder      normalised words -> longest matches
 * UnigramEncoder        CharacterMap -> Viterbi over a ByteTrie
 * </pre>
 *
 * <p>{@link dev.gatun.models.tokenizer.PreTokenization} maps the names under {@code
 * tokenizer.ggml.pre} to rules. A new name of a known rule is one more word there; a new rule is a
 * {@code SplitRule.Matcher} of a few lines, and goldens for it. Rules are written by hand instead
 * of with {@code java.util.regex}: they run in linear time and constant stack for any input, and
 * see the character classes of one fixed version of Unicode ({@code UnicodeData}).
 *
 * <h2>Layout</h2>
 *
 * <p>A vocabulary is a few arrays: the texts of all tokens in one byte array, a hash table of ids
 * over them, and hash tables from pairs of ids to merges. No token is an object; strings are made
 * when asked for. Loading is two passes over the bytes, which is what the time to the first token
 * needs. For the same reason nothing on that path uses lambdas, streams or string templates.
 *
 * <p>Scratch space belongs to the {@code Encoder.Session} of one call. Work grows with n log n at
 * most in the length of the text, whatever the text; with a vocabulary made for it, by a factor of
 * the longest token.
 *
 * <h2>Decoding</h2>
 *
 * <p>{@link dev.gatun.models.tokenizer.Tokenizer#pieceBytes} is exact to the byte. {@code decode}
 * is the inverse of {@code encode}; unlike llama.cpp and Hugging Face it never "cleans up" spaces
 * before punctuation. {@link dev.gatun.models.tokenizer.StreamingDecoder} shows tokens as they
 * come, never half a code point.
 *
 * <h2>Where we differ from llama.cpp on purpose</h2>
 *
 * <ul>
 *   <li>Where several tokens fit one role by their text (end of turn, fill in the middle), the
 *       order of our list decides, not that of a hash table.
 *   <li>A byte-level token that is not spelled in stand-ins for bytes stands for its text.
 *   <li>Metadata that contradict themselves (an id outside the vocabulary, a merge of no tokens)
 *       are refused, not warned of.
 *   <li>Bytes that are not UTF-8 are kept, not replaced, where the caller gives bytes.
 * </ul>
 */
package dev.gatun.models.tokenizer;
