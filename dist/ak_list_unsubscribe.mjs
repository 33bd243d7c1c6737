/*! akunsub 0.1.0 | MIT */
const NAMES=['id','rtoken','pxl_domain','smid_param','require_gesture'];const fromScript={smid_param:'smid'};function readScript(script){if(script&&/^http/.test(script.src)){const url=new URL(script.src);fromScript.pxl_domain=url.origin;fromScript.id=url.searchParams.get('id');}
if(script&&script.getAttribute){override(fromScript,(name)=>script.getAttribute('data-ak-'+name.replace('_','-')));}}
function override(config,valueOf){for(const name of NAMES){const value=valueOf(name);if(value!=null){config[name]=value;}}}
function configure(options){const config=Object.assign({},fromScript);override(config,(name)=>options&&options[name]);const domain=/^(https?:\/\/)?([^\s\/?#@]+)\/*$/i.exec(config.pxl_domain);try{config.pxl_domain=new URL((domain[1]||'https://')+domain[2]).origin;}catch(e){throw new Error('pxl_domain');}
if(!config.rtoken&&!config.id){throw new Error('id');}
config.require_gesture=String(config.require_gesture)!=='false';return config;}
class AkUnsubError extends Error{constructor(code,text,facts){super(text?code+': '+text:code);this.name='AkUnsubError';this.code=code;Object.assign(this,facts);}}
const VERSION='0.1.0';async function post(config,intent){const body=new URLSearchParams();body.append('smid',intent.smid);for(const name of intent.categories||[]){body.append('categories',name);}
body.append(config.rtoken?'rtoken':'id',config.rtoken||config.id);body.append('request_id',intent.request_id);body.append('v',VERSION);let http=0;let answer;try{const url=config.pxl_domain+'/unsub/'+intent.action;const response=await fetch(url,{method:'POST',body:body,keepalive:true,credentials:'omit',});http=response.status;answer=await response.json();}catch(e){}
const error=answer&&answer.error;if(error===0&&http<400){const{status,already,profile_id,categories,seconds_left}=answer;return{status,already,profile_id,categories,seconds_left};}
if(http<400&&!error||http>=500||http===408||http===429){throw new AkUnsubError('unreachable',config.pxl_domain,{saved:false});}
const code=answer&&answer.code;const text=answer&&answer.error_text||'';throw new AkUnsubError(code==='prevented'||code==='too_late'?code:'refused',text,{error:error||http,error_text:text},);}
const inFlight=new Map();function deliver(config,intent,onStart){const key=JSON.stringify([config,intent]);let outcome=inFlight.get(key);if(!outcome){const random=()=>Math.random().toString(36).slice(2);const request_id=Date.now().toString(36)+'-'+random()+random();outcome=post(config,Object.assign({request_id},intent));inFlight.set(key,outcome);const forget=()=>inFlight.delete(key);outcome.then(forget,forget);onStart(outcome);}
return outcome;}
function announce(outcome,call,target){const tell=(type,value)=>{const detail=Object.assign({[type]:value},call);(target&&target.isConnected?target:document).dispatchEvent(new CustomEvent('akunsub:'+type,{bubbles:true,detail}),);};outcome.then((result)=>tell('result',result),(error)=>{console.warn(error);tell('error',error);},);}
function hasGesture(){const activation=navigator.userActivation;return!document.prerendering&&(!activation||activation.hasBeenActive);}
const configs=new WeakMap();class AkUnsub{constructor(options){try{configs.set(this,configure(options));}catch(error){const fault=new AkUnsubError('config',error.message);configs.set(this,{fault});console.warn(fault);}}
confirmUnsub(smid,categories){return act(this,'confirm',smid,categories);}
cancelUnsub(smid,categories){return act(this,'cancel',smid,categories);}
static confirmUnsub(smid,categories){return act(new AkUnsub(),'confirm',smid,categories);}
static cancelUnsub(smid,categories){return act(new AkUnsub(),'cancel',smid,categories);}}
function configOf(akUnsub){return configs.get(akUnsub);}
function act(akUnsub,action,smid,categories,target,isScripted){const call={action,smid,categories};const start=(outcome)=>{announce(outcome,call,target);return outcome;};try{const config=configs.get(akUnsub)||{fault:new AkUnsubError('config','this')};if(config.fault){throw config.fault;}
const intent=check(call);if(config.require_gesture&&(isScripted||!hasGesture())){throw new AkUnsubError('no_gesture');}
return deliver(config,intent,start);}catch(error){return start(Promise.reject(error.code?error:new AkUnsubError('bad_smid',error.message),));}}
function check({action,smid,categories}){if(action!=='confirm'&&action!=='cancel'){throw new AkUnsubError('config','data-ak-unsub');}
if(typeof smid!=='string'||!/^[\w.-]+$/.test(smid)){throw new AkUnsubError('bad_smid',JSON.stringify(smid));}
if(categories==null){return{action,smid};}
const names=Array.from(new Set([].concat(categories).filter(Boolean).map(String)),);if(!names.length){throw new AkUnsubError('no_categories');}
return{action,smid,categories:names};}
function listen(){document.addEventListener('click',onEvent);document.addEventListener('submit',onEvent);}
function onEvent(event){const element=event.composedPath().find((node)=>node.dataset&&'akUnsub'in node.dataset,);const isForm=element&&element.tagName==='FORM';if(!element||isForm!==(event.type==='submit')||event.defaultPrevented){return;}
const form=isForm?element:element.form;const fields=new FormData(form||undefined);const akUnsub=new AkUnsub();const smid=fields.get('smid')||new URLSearchParams(location.search).get(configOf(akUnsub).smid_param);const listed=element.dataset.akCategories;let categories;if(listed!=null){categories=listed.split(/\s+/);}else if(form&&Array.from(form.elements).some((field)=>field.name==='categories'&&!field.matches(':disabled'),)){categories=fields.getAll('categories');}
event.preventDefault();const action=element.dataset.akUnsub;act(akUnsub,action,smid,categories,element,!event.isTrusted);}
function install(script){readScript(script);if(typeof window.AkUnsub!=='function'){window.AkUnsub=AkUnsub;listen();}}
install({src:import.meta.url});export{AkUnsub,AkUnsubError};
