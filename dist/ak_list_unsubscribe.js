/*! akunsub 0.1.0 | MIT */
(function(){'use strict';const E=['id','rtoken','pxl_domain','smid_param','require_gesture'];const u={tag:null};let v;function w(a,b){for(const c of E){const e=b(c);if(e!=null){a[c]=e;}}}
function F(a){if(v!==a){v=a;document.head.append(Object.assign(document.createElement('link'),{rel:'preconnect',crossOrigin:'',href:a,}));}}
function x(a){const b={smid_param:'smid'};const c=u.tag||{};if(/^http/.test(c.src)){const f=new URL(c.src);b.pxl_domain=f.origin;b.id=f.searchParams.get('id');}
w(b,(f)=>c.getAttribute&&c.getAttribute('data-ak-'+f.replace('_','-')));w(b,(f)=>a&&a[f]);const e=/^(https?:\/\/)?([^\s\/?#@]+)\/*$/i.exec(b.pxl_domain);try{b.pxl_domain=new URL((e[1]||'https://')+e[2]).origin;}catch(f){throw Error('pxl_domain');}
F(b.pxl_domain);if(!b.rtoken&&!b.id){throw Error('id');}
b.require_gesture=String(b.require_gesture)!=='false';return b;}
class AkUnsubError extends Error{constructor(a,b,c){super(b?a+': '+b:a);this.name='AkUnsubError';this.code=a;Object.assign(this,c);}}
function y(a,{action:b,smid:c,categories:e,late:f},i){const h=(d,g)=>{const k={[d]:g,action:b,smid:c,categories:e,late:f};(i&&i.isConnected?i:document).dispatchEvent(new CustomEvent('akunsub:'+d,{bubbles:true,detail:k}),);};a.then((d)=>h('result',d),(d)=>{if(!f||d.code!=='unreachable'){console.warn(d);h('error',d);}},);}
let q;function r(a){q=JSON.stringify(a.slice(-50));try{localStorage.akunsub=q;q='';return true;}catch(b){}}
function o(){try{return JSON.parse(q||localStorage.akunsub).filter((a)=>a&&a.scope&&Date.now()-a.made_at<7*864e5,);}catch(a){return[];}}
async function G(a,b){const c=new URLSearchParams();const e=Object.assign({v:'0.1.0'},a);e.age_ms=b&&Math.max(0,Date.now()-a.made_at);for(const j of['smid','categories','rtoken','id','request_id','replaces','age_ms','v',]){for(const m of[].concat(e[j]||[])){c.append(j,m);}}
let f=500;let i;let h;const d=new(window.AbortController||Object)();setTimeout(()=>d.signal&&d.abort(),8e3);try{const j=await fetch(a.pxl_domain+'/unsub/'+a.action,{method:'POST',body:c,keepalive:true,credentials:'omit',signal:d.signal,});f=j.status;h=j.headers.get('Retry-After');i=await j.json();}catch(j){}
const{error:g,code:k,error_text:l}=Object(i);if(g===0&&f<400){const j={};for(const m of['status','already','profile_id','categories','seconds_left',]){j[m]=i[m];}
return[Promise.resolve(j)];}
if(f<400&&!g||f>=500||f===408||f===429){return[,h*1000||Date.parse(h)-Date.now()];}
return[Promise.reject(new AkUnsubError(k==='prevented'||k==='too_late'?k:'refused',l,{error:g||f,error_text:l||''},))];}
const n={};function H({pxl_domain:a,rtoken:b,id:c},e,f){const i=Date.now();const h=JSON.stringify([a,e.smid,e.categories]);const d=Object.assign({scope:h,pxl_domain:a,rtoken:b,id:b?'':c,made_at:i,request_id:[i,Math.random(),Math.random()].join('-'),replaces:[],},e);const g=n[h];if(g&&g.action===e.action&&!g.late){return g.outcome;}
const k=o().concat(g||[]).filter((m)=>{if(m.scope!==h){return true;}
d.replaces=d.replaces.concat(m.replaces,m.request_id).slice(-20);});if(g){g.stop(z(d));}
const l=k.concat(d);d.saved=r(l)||(r(k),r(l));const j=A(d,f);B(()=>j);return d.outcome;}
function z({pxl_domain:a,saved:b}){return new AkUnsubError('unreachable',a,{saved:!!b});}
function A(a,b){n[a.scope]=a;a.outcome=new Promise((c,e)=>{a.stop=e;I(a).then(c,e);});y(a.outcome,a,b);return a.outcome.catch(()=>0);}
function C({request_id:a}){return o().some((b)=>b.request_id===a);}
async function I(a){const b=Date.now()+20e3;let c;let e;for(let f=500;n[a.scope]===a&&(!a.late||C(a));f*=2){[c,e]=await G(a,a.late||f>500,);const i=Math.max(e||0,Math.random()*Math.min(f,4e3),);if(c){r(o().filter((h)=>h.request_id!==a.request_id));}
if(c||Date.now()+i>b){break;}
await new Promise((h)=>{setTimeout(h,i);addEventListener('online',h);addEventListener('pagehide',h);});}
if(n[a.scope]===a){delete n[a.scope];}
a.saved=a.saved&&C(a);return c||Promise.reject(z(a));}
function B(a){const b=navigator.locks;(b?b.request('akunsub',{ifAvailable:true},a):Promise.reject(1)).catch(a);}
function t(){if(!document.hidden&&o()[0]){B(async(a)=>{for(const b of a?o():[]){if(!n[b.scope]){b.late=true;await A(b);}}});}}
function J(){const a=navigator.userActivation||{hasBeenActive:true};return!document.prerendering&&(a.isActive||a.hasBeenActive&&!document.hidden);}
const s=new WeakMap();class AkUnsub{constructor(a){try{s.set(this,x(a));}catch(b){const c=new AkUnsubError('config',b.message);s.set(this,c);console.warn(c);}}
confirmUnsub(a,b){return p(this,'confirm',a,b);}
cancelUnsub(a,b){return p(this,'cancel',a,b);}
static confirmUnsub(a,b){return p(new AkUnsub(),'confirm',a,b);}
static cancelUnsub(a,b){return p(new AkUnsub(),'cancel',a,b);}}
function p(a,b,c,e,f,i){const h={action:b,smid:c,categories:e};try{const d=s.get(a)||new AkUnsubError('config','this');if(d.code){throw d;}
const g=K(h);if(d.require_gesture&&(i||!J())){throw new AkUnsubError('no_gesture');}
return H(d,g,f);}catch(d){const g=Promise.reject(d.code?d:new AkUnsubError('bad_smid',d.message),);y(g,h,f);return g;}}
function K({action:a,smid:b,categories:c}){if(a!=='confirm'&&a!=='cancel'){throw new AkUnsubError('config','data-ak-unsub');}
if(typeof b!=='string'||!/^[\w.-]+$/.test(b)){throw new AkUnsubError('bad_smid',JSON.stringify(b));}
if(c==null){return{action:a,smid:b};}
const e=Array.from(new Set([].concat(c).filter(Boolean).map(String)),).sort();if(!e.length){throw new AkUnsubError('no_categories');}
return{action:a,smid:b,categories:e};}
function D(a){const b=a.composedPath().find((l)=>l.dataset&&'akUnsub'in l.dataset,);const c=b&&b.tagName==='FORM';if(!b||c!==(a.type==='submit')||a.defaultPrevented){return;}
const e=c?b:b.form;const f=new FormData(e||undefined);const i=new AkUnsub();const h=f.get('smid')||new URLSearchParams(location.search).get(s.get(i).smid_param);const d=b.dataset.akCategories;let g;if(d!=null){g=d.split(/\s+/);}else if(e&&Array.from(e.elements).some((l)=>l.matches('[name=categories]:enabled'),)){g=f.getAll('categories');}
a.preventDefault();const k=b.dataset.akUnsub;p(i,k,h,g,b,!a.isTrusted);}
function L(a){u.tag=a;if(typeof window.AkUnsub!=='function'){window.AkUnsub=AkUnsub;addEventListener('click',D);addEventListener('submit',D);setTimeout(M);}}
function M(){try{x();}catch(a){}
for(const a of['pageshow','online','visibilitychange']){addEventListener(a,t);}
setInterval(t,30e3);if(document.readyState==='complete'){t();}}
L(document.currentScript);})();
