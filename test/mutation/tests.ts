/** The tests that hold what is mutated, loaded after the harness. */
import '../unit/expressions/check.test.ts';
import '../unit/expressions/refusals.test.ts';
import '../unit/expressions/values.test.ts';
import '../unit/expressions/linear-time.test.ts';
import '../unit/policy/validation.test.ts';
import '../unit/policy/source-rules.test.ts';
import '../unit/policy/access-lists.test.ts';
import '../unit/policy/delegation.test.ts';
import '../unit/policy/corpus.test.ts';
import '../unit/policy/engine.test.ts';
import '../unit/policy/property-management.test.ts';
import '../unit/policy/sources.test.ts';
import '../unit/policy/search.test.ts';
import '../unit/policy/properties.test.ts';
import '../unit/expressions/differential.test.ts';
