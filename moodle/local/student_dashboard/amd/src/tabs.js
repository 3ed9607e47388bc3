// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * Opens the tabs of the student's page in place.
 *
 * The tabs are links that work by themselves; core/dynamic_tabs would empty the tab that came with the page and load it again,
 * and give the tabs no address. Whatever goes wrong here, the link is followed as if this script were not there.
 *
 * @module     local_student_dashboard/tabs
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

import Ajax from 'core/ajax';
import Pending from 'core/pending';
import Templates from 'core/templates';

const SELECTORS = {
    root: '.local-student-dashboard',
    tab: '.local-student-dashboard-tabs a[data-tab-class]',
    content: '.local-student-dashboard-content',
};

/** @var {String[]} What an address may tell besides what is to be shown of a tab. */
const PLAIN = ['userid', 'tab', 'lang'];

/** @var {Number} Counts what was asked for: only the last answer is shown. */
let asked = 0;

/**
 * Finds the tab that an address is of.
 *
 * @param {String} href
 * @return {HTMLAnchorElement|undefined}
 */
const tabOf = href => [...document.querySelectorAll(SELECTORS.tab)].find(tab => tab.href === href);

/**
 * Marks a tab as the open one.
 *
 * @param {HTMLAnchorElement} tab
 * @param {HTMLElement} content
 */
const mark = (tab, content) => {
    document.querySelectorAll(SELECTORS.tab).forEach(one => {
        one.classList.toggle('active', one === tab);
        if (one === tab) {
            one.setAttribute('aria-current', 'page');
        } else {
            one.removeAttribute('aria-current');
        }
    });
    content.setAttribute('aria-label', tab.textContent.trim());
};

/**
 * Takes the scripts out of the markup in which the web service gives them.
 *
 * @param {String} markup
 * @return {String}
 */
const scripts = markup => {
    const parsed = new DOMParser().parseFromString(markup, 'text/html');
    return [...parsed.querySelectorAll('script')].map(script => script.textContent).join('\n');
};

/**
 * Loads a tab and shows it.
 *
 * @param {HTMLAnchorElement} tab
 * @return {Promise<Boolean>} whether it is shown; false: another was asked for in between
 */
const open = async(tab) => {
    const mine = ++asked;
    const content = document.querySelector(SELECTORS.content);
    const userid = content.dataset.userid;
    const pending = new Pending('local_student_dashboard/tabs:open');
    content.setAttribute('aria-busy', 'true');
    try {
        const answer = await Ajax.call([{
            methodname: 'core_dynamic_tabs_get_content',
            args: {tab: tab.dataset.tabClass, jsondata: JSON.stringify({userid})},
        }])[0];
        const {html, js} = await Templates.renderForPromise(answer.template, JSON.parse(answer.content));
        if (mine !== asked) {
            return false;
        }
        mark(tab, content);
        await Templates.replaceNodeContents(content, html, js + scripts(answer.javascript));
        return true;
    } catch (problem) {
        if (mine === asked) {
            throw problem;
        }
        return false;
    } finally {
        if (mine === asked) {
            content.removeAttribute('aria-busy');
        }
        pending.resolve();
    }
};

/**
 * Opens the tab of a link that was followed.
 *
 * @param {MouseEvent} event
 */
const follow = async(event) => {
    const link = event.target.closest('a[href]');
    const tab = link && tabOf(link.href);
    if (!tab || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
        return;
    }
    event.preventDefault();
    try {
        if (await open(tab)) {
            window.history.pushState({tab: tab.dataset.tabClass}, '', tab.href);
            const content = document.querySelector(SELECTORS.content);
            content.focus({preventScroll: link === tab});
        }
    } catch {
        window.location.assign(tab.href);
    }
};

/**
 * Opens the tab to which the reader went back or forward.
 *
 * @param {PopStateEvent} event
 */
const goBack = async(event) => {
    if (event.state?.chosen) {
        window.location.reload();
        return;
    }
    if (!event.state?.tab) {
        return; // A place within the page, which the browser finds by itself.
    }
    const tabs = [...document.querySelectorAll(SELECTORS.tab)];
    try {
        await open(tabs.find(tab => tab.dataset.tabClass === event.state.tab));
    } catch {
        window.location.reload();
    }
};

/**
 * Begins to listen.
 */
export const init = () => {
    // The address that the page came with may name no tab, or more than the tab.
    const opened = document.querySelector(`${SELECTORS.tab}[aria-current]`);
    // One that chooses some of a tab's results is shown again by loading it: the web service gives all of them.
    const chosen = [...new URLSearchParams(window.location.search).keys()].some(name => !PLAIN.includes(name));
    window.history.replaceState({tab: opened.dataset.tabClass, chosen}, '');
    document.querySelector(SELECTORS.root).addEventListener('click', follow);
    window.addEventListener('popstate', goBack);
};
