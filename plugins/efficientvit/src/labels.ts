/** One ImageNet-1k class. */
export interface Label {
  /** WordNet id: the identity of a class; short names are not unique (134 and 517 are both "crane"). */
  readonly wnid: string;
  /** First lemma of the WordNet entry. */
  readonly name: string;
}

// Eight digits of the WordNet id, then the name. About 10 kB compressed: import this module only when labels are wanted.
const PACKED =
  '01440764tench|01443537goldfish|01484850great white shark|01491361tiger shark|01494475hammerhead|' +
  '01496331electric ray|01498041stingray|01514668cock|01514859hen|01518878ostrich|01530575brambling|' +
  '01531178goldfinch|01532829house finch|01534433junco|01537544indigo bunting|01558993robin|01560419bulbul|' +
  '01580077jay|01582220magpie|01592084chickadee|01601694water ouzel|01608432kite|01614925bald eagle|' +
  '01616318vulture|01622779great grey owl|01629819European fire salamander|01630670common newt|01631663eft|' +
  '01632458spotted salamander|01632777axolotl|01641577bullfrog|01644373tree frog|01644900tailed frog|' +
  '01664065loggerhead|01665541leatherback turtle|01667114mud turtle|01667778terrapin|01669191box turtle|' +
  '01675722banded gecko|01677366common iguana|01682714American chameleon|01685808whiptail|01687978agama|' +
  '01688243frilled lizard|01689811alligator lizard|01692333Gila monster|01693334green lizard|' +
  '01694178African chameleon|01695060Komodo dragon|01697457African crocodile|01698640American alligator|' +
  '01704323triceratops|01728572thunder snake|01728920ringneck snake|01729322hognose snake|01729977green snake|' +
  '01734418king snake|01735189garter snake|01737021water snake|01739381vine snake|01740131night snake|' +
  '01742172boa constrictor|01744401rock python|01748264Indian cobra|01749939green mamba|01751748sea snake|' +
  '01753488horned viper|01755581diamondback|01756291sidewinder|01768244trilobite|01770081harvestman|' +
  '01770393scorpion|01773157black and gold garden spider|01773549barn spider|01773797garden spider|' +
  '01774384black widow|01774750tarantula|01775062wolf spider|01776313tick|01784675centipede|01795545black grouse|' +
  '01796340ptarmigan|01797886ruffed grouse|01798484prairie chicken|01806143peacock|01806567quail|' +
  '01807496partridge|01817953African grey|01818515macaw|01819313sulphur-crested cockatoo|01820546lorikeet|' +
  '01824575coucal|01828970bee eater|01829413hornbill|01833805hummingbird|01843065jacamar|01843383toucan|' +
  '01847000drake|01855032red-breasted merganser|01855672goose|01860187black swan|01871265tusker|01872401echidna|' +
  '01873310platypus|01877812wallaby|01882714koala|01883070wombat|01910747jellyfish|01914609sea anemone|' +
  '01917289brain coral|01924916flatworm|01930112nematode|01943899conch|01944390snail|01945685slug|' +
  '01950731sea slug|01955084chiton|01968897chambered nautilus|01978287Dungeness crab|01978455rock crab|' +
  '01980166fiddler crab|01981276king crab|01983481American lobster|01984695spiny lobster|01985128crayfish|' +
  '01986214hermit crab|01990800isopod|02002556white stork|02002724black stork|02006656spoonbill|02007558flamingo|' +
  '02009229little blue heron|02009912American egret|02011460bittern|02012849crane|02013706limpkin|' +
  '02017213European gallinule|02018207American coot|02018795bustard|02025239ruddy turnstone|' +
  '02027492red-backed sandpiper|02028035redshank|02033041dowitcher|02037110oystercatcher|02051845pelican|' +
  '02056570king penguin|02058221albatross|02066245grey whale|02071294killer whale|02074367dugong|02077923sea lion|' +
  '02085620Chihuahua|02085782Japanese spaniel|02085936Maltese dog|02086079Pekinese|02086240Shih-Tzu|' +
  '02086646Blenheim spaniel|02086910papillon|02087046toy terrier|02087394Rhodesian ridgeback|02088094Afghan hound|' +
  '02088238basset|02088364beagle|02088466bloodhound|02088632bluetick|02089078black-and-tan coonhound|' +
  '02089867Walker hound|02089973English foxhound|02090379redbone|02090622borzoi|02090721Irish wolfhound|' +
  '02091032Italian greyhound|02091134whippet|02091244Ibizan hound|02091467Norwegian elkhound|02091635otterhound|' +
  '02091831Saluki|02092002Scottish deerhound|02092339Weimaraner|02093256Staffordshire bullterrier|' +
  '02093428American Staffordshire terrier|02093647Bedlington terrier|02093754Border terrier|' +
  '02093859Kerry blue terrier|02093991Irish terrier|02094114Norfolk terrier|02094258Norwich terrier|' +
  '02094433Yorkshire terrier|02095314wire-haired fox terrier|02095570Lakeland terrier|02095889Sealyham terrier|' +
  '02096051Airedale|02096177cairn|02096294Australian terrier|02096437Dandie Dinmont|02096585Boston bull|' +
  '02097047miniature schnauzer|02097130giant schnauzer|02097209standard schnauzer|02097298Scotch terrier|' +
  '02097474Tibetan terrier|02097658silky terrier|02098105soft-coated wheaten terrier|' +
  '02098286West Highland white terrier|02098413Lhasa|02099267flat-coated retriever|02099429curly-coated retriever|' +
  '02099601golden retriever|02099712Labrador retriever|02099849Chesapeake Bay retriever|' +
  '02100236German short-haired pointer|02100583vizsla|02100735English setter|02100877Irish setter|' +
  '02101006Gordon setter|02101388Brittany spaniel|02101556clumber|02102040English springer|' +
  '02102177Welsh springer spaniel|02102318cocker spaniel|02102480Sussex spaniel|02102973Irish water spaniel|' +
  '02104029kuvasz|02104365schipperke|02105056groenendael|02105162malinois|02105251briard|02105412kelpie|' +
  '02105505komondor|02105641Old English sheepdog|02105855Shetland sheepdog|02106030collie|02106166Border collie|' +
  '02106382Bouvier des Flandres|02106550Rottweiler|02106662German shepherd|02107142Doberman|' +
  '02107312miniature pinscher|02107574Greater Swiss Mountain dog|02107683Bernese mountain dog|02107908Appenzeller|' +
  '02108000EntleBucher|02108089boxer|02108422bull mastiff|02108551Tibetan mastiff|02108915French bulldog|' +
  '02109047Great Dane|02109525Saint Bernard|02109961Eskimo dog|02110063malamute|02110185Siberian husky|' +
  '02110341dalmatian|02110627affenpinscher|02110806basenji|02110958pug|02111129Leonberg|02111277Newfoundland|' +
  '02111500Great Pyrenees|02111889Samoyed|02112018Pomeranian|02112137chow|02112350keeshond|' +
  '02112706Brabancon griffon|02113023Pembroke|02113186Cardigan|02113624toy poodle|02113712miniature poodle|' +
  '02113799standard poodle|02113978Mexican hairless|02114367timber wolf|02114548white wolf|02114712red wolf|' +
  '02114855coyote|02115641dingo|02115913dhole|02116738African hunting dog|02117135hyena|02119022red fox|' +
  '02119789kit fox|02120079Arctic fox|02120505grey fox|02123045tabby|02123159tiger cat|02123394Persian cat|' +
  '02123597Siamese cat|02124075Egyptian cat|02125311cougar|02127052lynx|02128385leopard|02128757snow leopard|' +
  '02128925jaguar|02129165lion|02129604tiger|02130308cheetah|02132136brown bear|02133161American black bear|' +
  '02134084ice bear|02134418sloth bear|02137549mongoose|02138441meerkat|02165105tiger beetle|02165456ladybug|' +
  '02167151ground beetle|02168699long-horned beetle|02169497leaf beetle|02172182dung beetle|' +
  '02174001rhinoceros beetle|02177972weevil|02190166fly|02206856bee|02219486ant|02226429grasshopper|' +
  '02229544cricket|02231487walking stick|02233338cockroach|02236044mantis|02256656cicada|02259212leafhopper|' +
  '02264363lacewing|02268443dragonfly|02268853damselfly|02276258admiral|02277742ringlet|02279972monarch|' +
  '02280649cabbage butterfly|02281406sulphur butterfly|02281787lycaenid|02317335starfish|02319095sea urchin|' +
  '02321529sea cucumber|02325366wood rabbit|02326432hare|02328150Angora|02342885hamster|02346627porcupine|' +
  '02356798fox squirrel|02361337marmot|02363005beaver|02364673guinea pig|02389026sorrel|02391049zebra|02395406hog|' +
  '02396427wild boar|02397096warthog|02398521hippopotamus|02403003ox|02408429water buffalo|02410509bison|' +
  '02412080ram|02415577bighorn|02417914ibex|02422106hartebeest|02422699impala|02423022gazelle|' +
  '02437312Arabian camel|02437616llama|02441942weasel|02442845mink|02443114polecat|02443484black-footed ferret|' +
  '02444819otter|02445715skunk|02447366badger|02454379armadillo|02457408three-toed sloth|02480495orangutan|' +
  '02480855gorilla|02481823chimpanzee|02483362gibbon|02483708siamang|02484975guenon|02486261patas|02486410baboon|' +
  '02487347macaque|02488291langur|02488702colobus|02489166proboscis monkey|02490219marmoset|02492035capuchin|' +
  '02492660howler monkey|02493509titi|02493793spider monkey|02494079squirrel monkey|02497673Madagascar cat|' +
  '02500267indri|02504013Indian elephant|02504458African elephant|02509815lesser panda|02510455giant panda|' +
  '02514041barracouta|02526121eel|02536864coho|02606052rock beauty|02607072anemone fish|02640242sturgeon|' +
  '02641379gar|02643566lionfish|02655020puffer|02666196abacus|02667093abaya|02669723academic gown|' +
  '02672831accordion|02676566acoustic guitar|02687172aircraft carrier|02690373airliner|02692877airship|' +
  '02699494altar|02701002ambulance|02704792amphibian|02708093analog clock|02727426apiary|02730930apron|' +
  '02747177ashcan|02749479assault rifle|02769748backpack|02776631bakery|02777292balance beam|02782093balloon|' +
  '02783161ballpoint|02786058Band Aid|02787622banjo|02788148bannister|02790996barbell|02791124barber chair|' +
  '02791270barbershop|02793495barn|02794156barometer|02795169barrel|02797295barrow|02799071baseball|' +
  '02802426basketball|02804414bassinet|02804610bassoon|02807133bathing cap|02808304bath towel|02808440bathtub|' +
  '02814533beach wagon|02814860beacon|02815834beaker|02817516bearskin|02823428beer bottle|02823750beer glass|' +
  '02825657bell cote|02834397bib|02835271bicycle-built-for-two|02837789bikini|02840245binder|02841315binoculars|' +
  '02843684birdhouse|02859443boathouse|02860847bobsled|02865351bolo tie|02869837bonnet|02870880bookcase|' +
  '02871525bookshop|02877765bottlecap|02879718bow|02883205bow tie|02892201brass|02892767brassiere|' +
  '02894605breakwater|02895154breastplate|02906734broom|02909870bucket|02910353buckle|02916936bulletproof vest|' +
  '02917067bullet train|02927161butcher shop|02930766cab|02939185caldron|02948072candle|02950826cannon|' +
  "02951358canoe|02951585can opener|02963159cardigan|02965783car mirror|02966193carousel|02966687carpenter's kit|" +
  '02971356carton|02974003car wheel|02977058cash machine|02978881cassette|02979186cassette player|02980441castle|' +
  '02981792catamaran|02988304CD player|02992211cello|02992529cellular telephone|02999410chain|' +
  '03000134chainlink fence|03000247chain mail|03000684chain saw|03014705chest|03016953chiffonier|03017168chime|' +
  '03018349china cabinet|03026506Christmas stocking|03028079church|03032252cinema|03041632cleaver|' +
  '03042490cliff dwelling|03045698cloak|03047690clog|03062245cocktail shaker|03063599coffee mug|03063689coffeepot|' +
  '03065424coil|03075370combination lock|03085013computer keyboard|03089624confectionery|03095699container ship|' +
  '03100240convertible|03109150corkscrew|03110669cornet|03124043cowboy boot|03124170cowboy hat|03125729cradle|' +
  '03126707crane|03127747crash helmet|03127925crate|03131574crib|03133878Crock Pot|03134739croquet ball|' +
  '03141823crutch|03146219cuirass|03160309dam|03179701desk|03180011desktop computer|03187595dial telephone|' +
  '03188531diaper|03196217digital clock|03197337digital watch|03201208dining table|03207743dishrag|' +
  '03207941dishwasher|03208938disk brake|03216828dock|03218198dogsled|03220513dome|03223299doormat|' +
  '03240683drilling platform|03249569drum|03250847drumstick|03255030dumbbell|03259280Dutch oven|' +
  '03271574electric fan|03272010electric guitar|03272562electric locomotive|03290653entertainment center|' +
  '03291819envelope|03297495espresso maker|03314780face powder|03325584feather boa|03337140file|03344393fireboat|' +
  '03345487fire engine|03347037fire screen|03355925flagpole|03372029flute|03376595folding chair|' +
  '03379051football helmet|03384352forklift|03388043fountain|03388183fountain pen|03388549four-poster|' +
  '03393912freight car|03394916French horn|03400231frying pan|03404251fur coat|03417042garbage truck|' +
  '03424325gasmask|03425413gas pump|03443371goblet|03444034go-kart|03445777golf ball|03445924golfcart|' +
  '03447447gondola|03447721gong|03450230gown|03452741grand piano|03457902greenhouse|03459775grille|' +
  '03461385grocery store|03467068guillotine|03476684hair slide|03476991hair spray|03478589half track|' +
  '03481172hammer|03482405hamper|03483316hand blower|03485407hand-held computer|03485794handkerchief|' +
  '03492542hard disc|03494278harmonica|03495258harp|03496892harvester|03498962hatchet|03527444holster|' +
  '03529860home theater|03530642honeycomb|03532672hook|03534580hoopskirt|03535780horizontal bar|' +
  "03538406horse cart|03544143hourglass|03584254iPod|03584829iron|03590841jack-o'-lantern|03594734jean|" +
  '03594945jeep|03595614jersey|03598930jigsaw puzzle|03599486jinrikisha|03602883joystick|03617480kimono|' +
  '03623198knee pad|03627232knot|03630383lab coat|03633091ladle|03637318lampshade|03642806laptop|' +
  '03649909lawn mower|03657121lens cap|03658185letter opener|03661043library|03662601lifeboat|03666591lighter|' +
  '03670208limousine|03673027liner|03676483lipstick|03680355Loafer|03690938lotion|03691459loudspeaker|' +
  '03692522loupe|03697007lumbermill|03706229magnetic compass|03709823mailbag|03710193mailbox|03710637maillot|' +
  '03710721maillot|03717622manhole cover|03720891maraca|03721384marimba|03724870mask|03729826matchstick|' +
  '03733131maypole|03733281maze|03733805measuring cup|03742115medicine chest|03743016megalith|03759954microphone|' +
  '03761084microwave|03763968military uniform|03764736milk can|03769881minibus|03770439miniskirt|03770679minivan|' +
  '03773504missile|03775071mitten|03775546mixing bowl|03776460mobile home|03777568Model T|03777754modem|' +
  '03781244monastery|03782006monitor|03785016moped|03786901mortar|03787032mortarboard|03788195mosque|' +
  '03788365mosquito net|03791053motor scooter|03792782mountain bike|03792972mountain tent|03793489mouse|' +
  '03794056mousetrap|03796401moving van|03803284muzzle|03804744nail|03814639neck brace|03814906necklace|' +
  '03825788nipple|03832673notebook|03837869obelisk|03838899oboe|03840681ocarina|03841143odometer|' +
  '03843555oil filter|03854065organ|03857828oscilloscope|03866082overskirt|03868242oxcart|03868863oxygen mask|' +
  '03871628packet|03873416paddle|03874293paddlewheel|03874599padlock|03876231paintbrush|03877472pajama|' +
  '03877845palace|03884397panpipe|03887697paper towel|03888257parachute|03888605parallel bars|03891251park bench|' +
  '03891332parking meter|03895866passenger car|03899768patio|03902125pay-phone|03903868pedestal|' +
  '03908618pencil box|03908714pencil sharpener|03916031perfume|03920288Petri dish|03924679photocopier|' +
  '03929660pick|03929855pickelhaube|03930313picket fence|03930630pickup|03933933pier|03935335piggy bank|' +
  '03937543pill bottle|03938244pillow|03942813ping-pong ball|03944341pinwheel|03947888pirate|03950228pitcher|' +
  '03954731plane|03956157planetarium|03958227plastic bag|03961711plate rack|03967562plow|03970156plunger|' +
  '03976467Polaroid camera|03976657pole|03977966police van|03980874poncho|03982430pool table|03983396pop bottle|' +
  "03991062pot|03992509potter's wheel|03995372power drill|03998194prayer rug|04004767printer|04005630prison|" +
  '04008634projectile|04009552projector|04019541puck|04023962punching bag|04026417purse|04033901quill|' +
  '04033995quilt|04037443racer|04039381racket|04040759radiator|04041544radio|04044716radio telescope|' +
  '04049303rain barrel|04065272recreational vehicle|04067472reel|04069434reflex camera|04070727refrigerator|' +
  '04074963remote control|04081281restaurant|04086273revolver|04090263rifle|04099969rocking chair|' +
  '04111531rotisserie|04116512rubber eraser|04118538rugby ball|04118776rule|04120489running shoe|04125021safe|' +
  '04127249safety pin|04131690saltshaker|04133789sandal|04136333sarong|04141076sax|04141327scabbard|04141975scale|' +
  '04146614school bus|04147183schooner|04149813scoreboard|04152593screen|04153751screw|04154565screwdriver|' +
  '04162706seat belt|04179913sewing machine|04192698shield|04200800shoe shop|04201297shoji|' +
  '04204238shopping basket|04204347shopping cart|04208210shovel|04209133shower cap|04209239shower curtain|' +
  '04228054ski|04229816ski mask|04235860sleeping bag|04238763slide rule|04239074sliding door|04243546slot|' +
  '04251144snorkel|04252077snowmobile|04252225snowplow|04254120soap dispenser|04254680soccer ball|04254777sock|' +
  '04258138solar dish|04259630sombrero|04263257soup bowl|04264628space bar|04265275space heater|' +
  '04266014space shuttle|04270147spatula|04273569speedboat|04275548spider web|04277352spindle|04285008sports car|' +
  '04286575spotlight|04296562stage|04310018steam locomotive|04311004steel arch bridge|04311174steel drum|' +
  '04317175stethoscope|04325704stole|04326547stone wall|04328186stopwatch|04330267stove|04332243strainer|' +
  '04335435streetcar|04336792stretcher|04344873studio couch|04346328stupa|04347754submarine|04350905suit|' +
  '04355338sundial|04355933sunglass|04356056sunglasses|04357314sunscreen|04366367suspension bridge|04367480swab|' +
  '04370456sweatshirt|04371430swimming trunks|04371774swing|04372370switch|04376876syringe|04380533table lamp|' +
  '04389033tank|04392985tape player|04398044teapot|04399382teddy|04404412television|04409515tennis ball|' +
  '04417672thatch|04418357theater curtain|04423845thimble|04428191thresher|04429376throne|04435653tile roof|' +
  '04442312toaster|04443257tobacco shop|04447861toilet seat|04456115torch|04458633totem pole|04461696tow truck|' +
  '04462240toyshop|04465501tractor|04467665trailer truck|04476259tray|04479046trench coat|04482393tricycle|' +
  '04483307trimaran|04485082tripod|04486054triumphal arch|04487081trolleybus|04487394trombone|04493381tub|' +
  '04501370turnstile|04505470typewriter keyboard|04507155umbrella|04509417unicycle|04515003upright|04517823vacuum|' +
  '04522168vase|04523525vault|04525038velvet|04525305vending machine|04532106vestment|04532670viaduct|' +
  '04536866violin|04540053volleyball|04542943waffle iron|04548280wall clock|04548362wallet|04550184wardrobe|' +
  '04552348warplane|04553703washbasin|04554684washer|04557648water bottle|04560804water jug|04562935water tower|' +
  '04579145whiskey jug|04579432whistle|04584207wig|04589890window screen|04590129window shade|04591157Windsor tie|' +
  '04591713wine bottle|04592741wing|04596742wok|04597913wooden spoon|04599235wool|04604644worm fence|' +
  '04606251wreck|04612504yawl|04613696yurt|06359193web site|06596364comic book|06785654crossword puzzle|' +
  '06794110street sign|06874185traffic light|07248320book jacket|07565083menu|07579787plate|07583066guacamole|' +
  '07584110consomme|07590611hot pot|07613480trifle|07614500ice cream|07615774ice lolly|07684084French loaf|' +
  '07693725bagel|07695742pretzel|07697313cheeseburger|07697537hotdog|07711569mashed potato|07714571head cabbage|' +
  '07714990broccoli|07715103cauliflower|07716358zucchini|07716906spaghetti squash|07717410acorn squash|' +
  '07717556butternut squash|07718472cucumber|07718747artichoke|07720875bell pepper|07730033cardoon|' +
  '07734744mushroom|07742313Granny Smith|07745940strawberry|07747607orange|07749582lemon|07753113fig|' +
  '07753275pineapple|07753592banana|07754684jackfruit|07760859custard apple|07768694pomegranate|07802026hay|' +
  '07831146carbonara|07836838chocolate sauce|07860988dough|07871810meat loaf|07873807pizza|07875152potpie|' +
  '07880968burrito|07892512red wine|07920052espresso|07930864cup|07932039eggnog|09193705alp|09229709bubble|' +
  '09246464cliff|09256479coral reef|09288635geyser|09332890lakeside|09399592promontory|09421951sandbar|' +
  '09428293seashore|09468604valley|09472597volcano|09835506ballplayer|10148035groom|10565667scuba diver|' +
  "11879895rapeseed|11939491daisy|12057211yellow lady's slipper|12144580corn|12267677acorn|12620546hip|" +
  '12768682buckeye|12985857coral fungus|12998815agaric|13037406gyromitra|13040303stinkhorn|13044778earthstar|' +
  '13052670hen-of-the-woods|13054560bolete|13133613ear|15075141toilet tissue';

let labels: readonly Label[] | undefined;

/** The 1000 classes in the order of the published checkpoints' logits: WordNet ids ascending. */
export function imagenetLabels(): readonly Label[] {
  return (labels ??= Object.freeze(
    PACKED.split('|').map((entry) => Object.freeze({ wnid: `n${entry.slice(0, 8)}`, name: entry.slice(8) })),
  ));
}
