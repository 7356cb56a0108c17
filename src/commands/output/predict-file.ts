/** A file of predictions in its form: how it is written batch by batch, and what an earlier one looks like. */
import type { Cell, Head } from '../../base/cells.js';
import { writerOf } from '../../tables/formats.js';
import type { Sink } from '../../tables/sink.js';
import type { Kind } from './out-file.js';
import {
  fileStart,
  headLine,
  namesOf,
  ofClasses,
  ofOutput,
  predictedOf,
  rowLines,
  rowOf,
  widthOf,
  type Form,
  type Shape,
  type Told,
} from './predict-rows.js';

/** The name under which a Parquet file has the id of the config, or the digest of the ensemble. */
const ABOUT = 'spt.predictions';

export interface PredictionWriter {
  add(told: Told): void;
  end(): void;
}

/** @param about the id of the config, or the digest of the ensemble */
export function predictionWriter(form: Form, shape: Shape, sink: Sink, about: string): PredictionWriter {
  if (form !== 'parquet') {
    sink.write(headLine(form, shape));
    return { add: told => sink.write(rowLines(form, shape, told)), end: () => {} };
  }
  const writer = writerOf('parquet', headsOf(shape), sink, [{ name: ABOUT, text: about }]);
  return {
    add(told) {
      for (let row = 0; row < told.ids.length; row++) writer.rows([cellsOf(shape, told, row)]);
    },
    end: () => writer.end(),
  };
}

/** A file that an earlier run may have written. */
export function predictionsInForm(form: Form, shape: Shape): Kind {
  const what = 'a file of predictions';
  if (form !== 'parquet') {
    const begin = fileStart(form, shape.id);
    return { what, isOne: start => start.indexOf(begin) === 0, needsFile: true };
  }
  return { what, isOne: (start, end) => start.indexOf('PAR1') === 0 && end.includes(ABOUT), needsFile: true };
}

/** Ids and classes are texts, values are numbers, and what is counted is a whole number. */
function headsOf(shape: Shape): Head[] {
  const counted = shape.outside ? namesOf({ ...shape, explained: undefined }).length - 1 : -1;
  const texts = shape.classes.length > 0 ? 2 : 1;
  return namesOf(shape).map((name, at) => ({
    name,
    kind: at < texts ? 'text' : at === counted ? 'integer' : 'number',
  }));
}

function cellsOf(shape: Shape, { ids, predictions, outside, contributions }: Told, row: number): Cell[] {
  const { classes, proba, decision, explained } = shape;
  const cells: Cell[] = [ids[row], predictedOf(predictions, classes, row)];
  const said = ofClasses(predictions);
  if (proba) cells.push(...rowOf(said.proba!, row, classes.length));
  if (decision) cells.push(...rowOf(said.decision!, row, widthOf(classes)));
  if (shape.outside) cells.push(outside[row]);
  if (!explained || !contributions) return cells;
  explained.outputs.forEach((_, o) => {
    cells.push(contributions.base[o]);
    for (const value of ofOutput(explained, contributions, row, o)) cells.push(value);
  });
  return cells;
}
