/** The script of a report: reads the document that the page holds, and shows it. */
import type { PageDocument, Section, Timeline } from '../document.js';
import { counted } from '../../base/listing.js';
import { failures } from './answer.js';
import { figure, watchWindow } from './chart.js';
import { workersOverTime } from './charts/timeline.js';
import { element, lines, type Child } from './dom.js';
import { later } from './later.js';
import { sectionParts } from './section.js';

function shown({
  version,
  moment,
  manifest,
  sections,
  failures: failed,
  timeline,
  methods,
  commands,
}: PageDocument): void {
  const page = document.getElementById('page')!;
  const configs = sections.reduce((sum, { table }) => sum + table.count, 0);
  document.title = `Report of a search: ${counted(configs, 'config')}`;
  const own = sections.filter(({ differs }) => differs.length === 0);
  const others = sections.filter(({ differs }) => differs.length > 0);
  page.append(
    element(
      'header',
      {},
      element('h1', {}, 'Report of a search'),
      element(
        'p',
        { class: 'note' },
        `${counted(configs, 'config')}. The log up to record ${moment.n.toLocaleString('en-US')} of ${moment.at}, `,
        `read by spt ${version}.`,
      ),
      contents(sections),
    ),
    ...own.map((section, i) => sectionElement(section, i, true)),
    ...(others.length > 0
      ? [
          element('h2', {}, 'Other settings'),
          element(
            'p',
            {},
            'These configs were scored in another way than the search that the files describe now. ',
            'Their scores cannot be compared with those above.',
          ),
        ]
      : []),
    ...others.map((section, i) => sectionElement(section, own.length + i, own.length === 0)),
    whole('What failed', failed.length > 0 ? failures(failed) : element('p', {}, 'No config has failed.')),
    whole(
      'Workers',
      later(() => workersPart(timeline)),
    ),
    whole('Methods, to copy', ...methods.map(text => element('p', { class: 'methods' }, text))),
    whole(
      'To do it again',
      lines(commands.join('\n')),
      element(
        'p',
        { class: 'note' },
        'The hash of all outcomes, as spt audit gives it: ',
        element('code', {}, manifest),
      ),
    ),
  );
}

function workersPart(timeline: Timeline): HTMLElement {
  const workers = workersOverTime(timeline);
  return workers ? figure(workers) : element('p', {}, 'No worker has finished anything yet.');
}

const titleOf = ({ split, scoring }: Section): string => `${split}, by ${scoring}`;

function whole(title: string, ...children: Child[]): HTMLElement {
  return element('section', {}, element('h2', {}, title), ...children);
}

function contents(sections: readonly Section[]): HTMLElement | undefined {
  if (sections.length < 2) return undefined;
  const items = sections.map((section, i) =>
    element(
      'li',
      {},
      element('a', { href: `#setting-${i}` }, titleOf(section)),
      section.differs.length > 0 && ` (${section.differs.join(', ')})`,
    ),
  );
  return element('nav', { 'aria-label': 'Settings' }, element('ul', {}, ...items));
}

/** A setting of this search is open; another one is made when it is opened. */
function sectionElement(section: Section, i: number, isOpen: boolean): HTMLElement {
  const made = element('section', { id: `setting-${i}` });
  const about = `${section.folds}${section.data === undefined ? '' : `; data ${section.data.slice(0, 8)}`}${
    section.differs.length > 0 ? `; ${section.differs.join(', ')}` : ''
  }`;
  const head = [element('h2', {}, titleOf(section)), element('p', { class: 'note' }, about)];
  if (isOpen) {
    made.append(...head, ...sectionParts(section));
    return made;
  }
  const details = element('details', { class: 'setting' }, element('summary', {}, ...head));
  details.addEventListener('toggle', () => details.append(...sectionParts(section)), { once: true });
  made.append(details);
  return made;
}

shown(JSON.parse(document.getElementById('document')!.textContent!) as PageDocument);
watchWindow();
