// feelin on a list of expressions: their values, tagged by kind, or how long one takes.
import { evaluate } from 'feelin';

const { mode, expressions, context, turns } = JSON.parse(await read(process.stdin));

async function read(stream) {
  let text = '';
  for await (const part of stream) text += part;
  return text;
}

function tagged(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return { number: String(value) };
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value === 'function') return { function: true };
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const made = value.constructor ? value.constructor.name : '';
  if (kind.startsWith('Temporal.') || /^Feel(Date|Time|DateTime|Duration)$/.test(made)) {
    return { temporal: value.toString() };
  }
  if (made && made !== 'Object') {
    return { other: made, text: String(value) };
  }
  return { context: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, tagged(v)])) };
}

function outcome(expression) {
  try {
    return { value: tagged(evaluate(expression, context).value) };
  } catch (error) {
    return { error: String(error.message).split('\n')[0] };
  }
}

if (mode === 'values') {
  console.log(JSON.stringify(expressions.map(outcome)));
} else {
  // Microseconds of one evaluation, the median of 31 samples; feelin compiles at each call.
  const samples = [];
  for (let sample = 0; sample < 31; sample += 1) {
    const begun = process.hrtime.bigint();
    for (let turn = 0; turn < turns; turn += 1) evaluate(expressions[0], context);
    samples.push(Number(process.hrtime.bigint() - begun) / 1000 / turns);
  }
  samples.sort((a, b) => a - b);
  console.log(JSON.stringify(samples[15]));
}
