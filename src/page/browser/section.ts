/** The part of a page that shows one setting. The live page uses the same parts. */
import type { Curves, PredictedValues, Section } from '../document.js';
import { answer } from './answer.js';
import { figure, forget, type ChartSpec } from './chart.js';
import { areaTable, curvePictures } from './charts/curves.js';
import { field, parametersWithValues } from './charts/contour.js';
import { featurePicture } from './charts/features.js';
import { importance } from './charts/importance.js';
import { parallel } from './charts/parallel.js';
import { byPipeline } from './charts/pipelines.js';
import { errorTable, predictedPictures } from './charts/predicted.js';
import { bestSoFar } from './charts/progress.js';
import { slices } from './charts/slice.js';
import { foldsAgainstValidation } from './charts/validation.js';
import { decode, shortNames, type Pipeline, type SectionData } from './data.js';
import { element, numberText, table, text, type Child } from './dom.js';
import { later } from './later.js';
import { Leaderboard, select } from './leaderboard.js';

/** Everything that a page shows of a setting. A live page has its own answer. All but the answer is made later. */
export function sectionParts(section: Section, { withAnswer = true } = {}): HTMLElement[] {
  let decoded: SectionData | undefined;
  const data = (): SectionData => (decoded ??= decode(section));
  const parts = [
    withAnswer ? answer(section, data) : undefined,
    later(() => boardAndCharts(data())),
    section.curves && later(() => curveParts(section.curves!)),
    section.noCurves === undefined
      ? undefined
      : part('Curves', element('p', { class: 'note' }, section.noCurves)),
    typeof section.features === 'object' ? figure(featurePicture(section.features)) : undefined,
    typeof section.features === 'string'
      ? part('Features', element('p', { class: 'note' }, section.features))
      : undefined,
  ];
  return parts.filter(one => one !== undefined);
}

/** The table of all configs, and the pictures of them. */
function boardAndCharts(data: SectionData): HTMLElement {
  const { importances } = data.section;
  const board = new Leaderboard(data);
  const charts = [
    () => figure(byPipeline(data)),
    () => figure(bestSoFar(data)),
    () => optional(foldsAgainstValidation(data)),
    () => optional(importance(importances)),
    () => perPipeline(data, board),
  ];
  const shown = data.ranking.length > 0 ? charts.map(later) : [];
  return element('div', {}, part('All configs', board.element), ...shown);
}

const optional = (spec: ChartSpec | undefined): HTMLElement | undefined => spec && figure(spec);

function part(title: string, ...children: Child[]): HTMLElement {
  return element('div', { class: 'part' }, element('h3', {}, title), ...children);
}

/** Slices, field and parallel coordinates of one pipeline, and a menu to choose it. */
function perPipeline(data: SectionData, board: Leaderboard): HTMLElement | undefined {
  const best = data.pipelineOf[data.ranking[0]];
  const pipelines = data.pipelines
    .filter(pipeline => parametersWithValues(data, pipeline).length > 0)
    .sort((a, b) => Number(b.code === best) - Number(a.code === best) || a.code - b.code);
  if (pipelines.length === 0) return undefined;
  const place = element('div');
  const show = (i: number): void => {
    forget(place);
    board.brush(undefined);
    place.replaceChildren(...ofPipeline(data, pipelines[i], board));
  };
  const menu = select(
    pipelines.map(({ name }) => name),
    show,
  );
  show(0);
  return part(
    'Parameters of one pipeline',
    element('div', { class: 'controls' }, element('label', {}, 'Pipeline ', menu)),
    place,
  );
}

function ofPipeline(data: SectionData, pipeline: Pipeline, board: Leaderboard): HTMLElement[] {
  const parts = [
    () => optional(slices(data, pipeline)),
    () => fieldWithMenus(data, pipeline),
    () => optional(parallel(data, pipeline, chosen => board.brush(chosen))),
  ];
  return parts.map(later);
}

function fieldWithMenus(data: SectionData, pipeline: Pipeline): HTMLElement | undefined {
  const parameters = importantFirst(data, pipeline);
  if (parameters.length < 2) return undefined;
  const names = shortNames(pipeline.parameters);
  const words = parameters.map(p => names[p]);
  const place = element('div');
  const menus = [0, 1].map(k => {
    const menu = select(words, draw);
    menu.selectedIndex = k;
    return menu;
  });
  const what = select(['median', 'best'], draw);
  function draw(): void {
    const [x, y] = menus.map(menu => parameters[menu.selectedIndex]);
    forget(place);
    if (x === y) place.replaceChildren(element('p', { class: 'note' }, 'Choose two different parameters.'));
    else
      place.replaceChildren(
        figure(field(data, pipeline, [x, y], what.selectedIndex === 0 ? 'median' : 'best')),
      );
  }
  draw();
  const labels = ['Across ', 'Up '].map((name, k) => element('label', {}, name, menus[k]));
  return element(
    'div',
    {},
    element('div', { class: 'controls' }, ...labels, element('label', {}, 'Cells show ', what)),
    place,
  );
}

/** The parameters with several values, the most important one first. */
function importantFirst(data: SectionData, pipeline: Pipeline): number[] {
  const found = data.section.importances[pipeline.code].parameters.map(({ parameter }) => text(parameter));
  const order = (p: number): number => {
    const place = found.indexOf(pipeline.parameters[p].name);
    return place < 0 ? found.length : place;
  };
  return parametersWithValues(data, pipeline).sort((a, b) => order(a) - order(b));
}

const WRONG_LABEL = 'A wrong label in the table of the samples is one possible reason.';

const UNSEEN = 'Every sample is predicted by the model of the fold that did not learn from it.';

/** Pictures of predicted values. */
function valueParts(models: readonly PredictedValues[]): HTMLElement {
  return part(
    'Predictions of the best models',
    element('p', { class: 'note' }, UNSEEN),
    element('div', { class: 'pair' }, ...predictedPictures(models).map(spec => figure(spec))),
    table(errorTable(models), 'Errors'),
  );
}

function curveParts(curves: Curves): HTMLElement {
  if (curves.predicted) return valueParts(curves.predicted);
  const confusions = curves.models.map(({ pipeline, id, classes, confusion }) => {
    const title = `${pipeline} ${id.slice(0, 8)}`;
    const head = ['true class', ...classes.map(name => `as ${name}`), 'right'];
    const rows = confusion.map((counts, truth) => {
      const sum = counts.reduce((total, count) => total + count, 0);
      return [classes[truth], ...counts, sum === 0 ? '–' : `${((100 * counts[truth]) / sum).toFixed(1)}%`];
    });
    return element(
      'div',
      { class: 'confusion' },
      element('h4', {}, title),
      table({ head, rows }, `Confusion of ${title}`),
    );
  });
  const areas = areaTable(curves);
  const wrong = curves.samples;
  return part(
    'Predictions of the best models',
    element('p', { class: 'note' }, UNSEEN),
    element('div', { class: 'pair' }, ...curvePictures(curves).map(spec => figure(spec))),
    areas && table(areas, 'Areas and Brier scores'),
    element('h4', {}, 'Confusion'),
    element('div', { class: 'pair' }, ...confusions),
    wrong && element('h4', {}, 'Samples that most of these models get wrong'),
    wrong &&
      table(
        {
          head: [
            'sample',
            'true class',
            'most say',
            `wrong, of ${wrong.models} models`,
            'mean probability of the true class',
          ],
          rows: wrong.lines.map(({ sample, truth, label, wrong, probability }) => [
            sample,
            truth,
            label,
            wrong,
            probability === undefined ? '–' : numberText(probability),
          ]),
          note:
            wrong.total > wrong.lines.length
              ? `The first ${wrong.lines.length} of ${wrong.total}. ${WRONG_LABEL}`
              : WRONG_LABEL,
        },
        'Samples that most of these models get wrong',
      ),
  );
}
